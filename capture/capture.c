#include "capture/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/duration.h"

/*
 * Size of the ring. A slot for CAPTURE_SNAPLEN bytes takes some 320, and on lo each segment takes
 * two slots (the outgoing copy is thrown away only after it was in the ring), so this holds some
 * 800 segments: more than any scenario of ours sends in all. What is lost all the same is counted.
 * The ring is locked kernel memory, each page of which is cleared, mapped and freed for each play,
 * and hundreds of scenarios run side by side.
 */
#define RING_SIZE (512 << 10)

/* libpcap wants a read timeout above 0; with a non-blocking descriptor nothing waits for it. */
#define READ_TIMEOUT_MS 1

/* What pcap calls raw IP here, and how files call it (www.tcpdump.org/linktypes.html). */
#define LINKTYPE_RAW_IP 101

struct capture {
	pcap_t *pcap;
	int fd; /* -1 for a file */
	int linktype;
	int64_t frames;
	int64_t dropped;
};

/* The errno for a pcap_activate() status. */
static int activate_error(int status)
{
	switch (status) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return -EPERM;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return -ENODEV;
	case PCAP_ERROR_IFACE_NOT_UP:
		return -ENETDOWN;
	}
	return -EIO;
}

/*
 * Asks for a packet socket before libpcap does, which does not hand the errno on. A kernel without
 * CONFIG_PACKET has no such family: __sock_create() in net/socket.c says EAFNOSUPPORT.
 */
static int try_packet_socket(char error[static CAPTURE_ERROR_SIZE])
{
	cleanup_fd int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	int status = fd >= 0 ? 0 : -errno;

	if (status == 0)
		return 0;
	if (status == -EAFNOSUPPORT) {
		snprintf(error, CAPTURE_ERROR_SIZE, "this kernel has no packet sockets");
		return -ENOPROTOOPT;
	}
	snprintf(error, CAPTURE_ERROR_SIZE, "cannot open a packet socket: %s", strerror(-status));
	return status;
}

static int activate(pcap_t *pcap, char error[static CAPTURE_ERROR_SIZE])
{
	char buffer[PCAP_ERRBUF_SIZE];
	int status;

	pcap_set_snaplen(pcap, CAPTURE_SNAPLEN);
	pcap_set_promisc(pcap, 0);
	/* Also makes libpcap take TPACKET_V2: a V3 block is handed over when it is full. */
	pcap_set_immediate_mode(pcap, 1);
	pcap_set_timeout(pcap, READ_TIMEOUT_MS);
	pcap_set_buffer_size(pcap, RING_SIZE);
	if (pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO) != 0) {
		snprintf(error, CAPTURE_ERROR_SIZE, "the capture has no nanosecond stamps");
		return -EOPNOTSUPP;
	}
	status = pcap_activate(pcap);
	if (status < 0) {
		snprintf(error, CAPTURE_ERROR_SIZE, "%s: %s", pcap_statustostr(status),
			 pcap_geterr(pcap));
		return activate_error(status);
	}
	if (pcap_setnonblock(pcap, 1, buffer) != 0) {
		snprintf(error, CAPTURE_ERROR_SIZE, "%s", buffer);
		return -EIO;
	}
	return 0;
}

/* Frames that came between the activation and the filter are thrown away by libpcap. */
static int set_filter(pcap_t *pcap, const char *filter, char error[static CAPTURE_ERROR_SIZE])
{
	struct bpf_program program;
	int status;

	if (!filter)
		return 0;
	if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		snprintf(error, CAPTURE_ERROR_SIZE, "filter \"%s\": %s", filter, pcap_geterr(pcap));
		return -EINVAL;
	}
	status = pcap_setfilter(pcap, &program);
	pcap_freecode(&program);
	if (status != 0) {
		snprintf(error, CAPTURE_ERROR_SIZE, "%s", pcap_geterr(pcap));
		return -EIO;
	}
	return 0;
}

static int wrap(pcap_t *pcap, int fd, struct capture **ret_capture,
		char error[static CAPTURE_ERROR_SIZE])
{
	struct capture *capture = calloc(1, sizeof(*capture));

	if (!capture) {
		pcap_close(pcap);
		snprintf(error, CAPTURE_ERROR_SIZE, "out of memory");
		return -ENOMEM;
	}
	capture->pcap = pcap;
	capture->fd = fd;
	capture->linktype = pcap_datalink(pcap);
	if (capture->linktype == DLT_RAW)
		capture->linktype = LINKTYPE_RAW_IP;
	*ret_capture = capture;
	return 0;
}

int capture_open_live(const char *interface, const char *filter, struct capture **ret_capture,
		      char error[static CAPTURE_ERROR_SIZE])
{
	char buffer[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap;
	int status;

	status = try_packet_socket(error);
	if (status < 0)
		return status;
	pcap = pcap_create(interface, buffer);
	if (!pcap) {
		snprintf(error, CAPTURE_ERROR_SIZE, "%s", buffer);
		return -EIO;
	}
	status = activate(pcap, error);
	if (status == 0)
		status = set_filter(pcap, filter, error);
	if (status < 0) {
		pcap_close(pcap);
		return status;
	}
	return wrap(pcap, pcap_get_selectable_fd(pcap), ret_capture, error);
}

int capture_open_file(const char *path, struct capture **ret_capture,
		      char error[static CAPTURE_ERROR_SIZE])
{
	char buffer[PCAP_ERRBUF_SIZE] = "";
	cleanup_file FILE *file = fopen(path, "rbe");
	pcap_t *pcap;

	if (!file) {
		int status = -errno;

		snprintf(error, CAPTURE_ERROR_SIZE, "%s", strerror(-status));
		return status;
	}
	/* libpcap reads each header and packet by itself: locking cost more than all the rest. */
	__fsetlocking(file, FSETLOCKING_BYCALLER);
	pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, buffer);
	if (!pcap) {
		snprintf(error, CAPTURE_ERROR_SIZE, "%s", buffer);
		return -EINVAL;
	}
	file = NULL; /* pcap_close() closes it */
	return wrap(pcap, -1, ret_capture, error);
}

int capture_fd(const struct capture *capture)
{
	return capture->fd;
}

/* With nanosecond precision tv_usec has nanoseconds. A file may state any time: saturates. */
static int64_t get_stamp(const struct pcap_pkthdr *header)
{
	int64_t stamp;

	if (__builtin_mul_overflow((int64_t)header->ts.tv_sec, SECOND, &stamp) ||
	    __builtin_add_overflow(stamp, (int64_t)header->ts.tv_usec, &stamp))
		return header->ts.tv_sec < 0 ? INT64_MIN : INT64_MAX;
	return stamp;
}

int capture_next(struct capture *capture, struct frame *ret_frame)
{
	struct pcap_pkthdr *header;
	const uint8_t *bytes;

	switch (pcap_next_ex(capture->pcap, &header, &bytes)) {
	case 1:
		break;
	case 0:		       /* live: none now */
	case PCAP_ERROR_BREAK: /* a file: its end */
		return 0;
	default:
		return -EIO;
	}
	*ret_frame = (struct frame){
		.number = ++capture->frames,
		.stamp = get_stamp(header),
		.captured = header->caplen,
		.wire_length = header->len,
		.linktype = capture->linktype,
		.bytes = bytes,
	};
	return 1;
}

const char *capture_error(const struct capture *capture)
{
	return pcap_geterr(capture->pcap);
}

int64_t capture_dropped(struct capture *capture)
{
	struct pcap_stat stat;

	if (capture->fd >= 0 && pcap_stats(capture->pcap, &stat) == 0)
		capture->dropped = stat.ps_drop;
	return capture->dropped;
}

void capture_close(struct capture *capture)
{
	if (!capture)
		return;
	pcap_close(capture->pcap);
	free(capture);
}
