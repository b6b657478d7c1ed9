# The line that README shows finds a bad commit with the real git: the one that goes from Debian's
# 6.1 to 6.12. Between them Linux 6.5 made the first SYNs of connect() linear
# (tcp_syn_linear_timeouts); what played well before fails. A kernel that does not boot is skipped.
. "$(dirname "$0")/kernels.sh" "$@"
need git git
line=$(grep -o 'git bisect run halfopen run --kernel arch/x86/boot/bzImage --virtual-time' \
	"$tests/../README.md" | head -1)
[ -n "$line" ] || fail "README does not show the line"
repository=$work/linux
git init -q "$repository"
cd "$repository"
git config user.name halfopen
git config user.email halfopen@localhost
mkdir -p arch/x86/boot scenarios
cat >scenarios/connect.yaml <<-'SCENARIO'
	scenario: connect() into silence waits twice as long each time
	server: {listen: 127.0.0.1:443}
	client: {bind: 127.0.0.1:22345}
	timeline:
	  - {at: before connect, drop: {to: server}}
	expect:
	  - syns: {from: client, count: 7, first: 1s, doubling: on}
	  - client: {error: ETIMEDOUT, connect: ETIMEDOUT}
SCENARIO

# commit_kernel KERNEL TAG: a commit whose bzImage is that kernel's package, or none that boots.
commit_kernel() {
	case $1 in
	none) echo "the build broke" >arch/x86/boot/bzImage.new ;;
	cut) head -c 3000000 "$kernel_image" >arch/x86/boot/bzImage.new ;;
	*) ln -s "$(echo "$kernels" | grep "/linux-$1\$")" arch/x86/boot/bzImage.new ;;
	esac
	mv -fT arch/x86/boot/bzImage.new arch/x86/boot/bzImage
	git add arch
	git commit -q --allow-empty -m "$2: $1"
	git tag "$2"
}

number=0
for each in 6.1 6.1 6.1 cut 6.1 6.12 none 6.12; do
	number=$((number + 1))
	commit_kernel "$each" "v$number"
done

# The exit codes, one by one.
export PATH=$(dirname "$halfopen"):$PATH
for each in v5:0 v6:1 v4:125 v7:125; do
	git checkout -q "${each%:*}"
	expect_exit "${each#*:}" ${line#git bisect run } scenarios/connect.yaml
done
git bisect start v8 v1 >/dev/null
expect_exit 0 $line scenarios/connect.yaml
expect_words "$work/out" "$(git rev-parse v6) is the first bad commit"
git bisect log >"$work/log"
expect_words "$work/log" "git bisect skip $(git rev-parse v4)"
finish
