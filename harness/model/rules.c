#include "model/rules.h"

#define TIMER	  "net/ipv4/tcp_timer.c, "
#define INPUT	  "net/ipv4/tcp_input.c, "
#define OUTPUT	  "net/ipv4/tcp_output.c, "
#define MINISOCKS "net/ipv4/tcp_minisocks.c, "
#define REQUEST	  "net/ipv4/inet_connection_sock.c, "

static const struct rule_text rules[RULE_LIMIT] = {
	[RULE_NONE] = {"no rule", "", "", ""},
	[RULE_KEEPALIVE_FIRST] = {"keepalive probe",
				  "last segment received + idle; not before the running timer",
				  TIMER "tcp_keepalive_timer", "2.6.35"},
	[RULE_KEEPALIVE_NEXT] = {"keepalive probe", "last probe + interval",
				 TIMER "tcp_keepalive_timer", ""},
	[RULE_KEEPALIVE_COUNT] = {"keepalive gives up",
				  "last probe + interval, once count probes are unanswered",
				  TIMER "tcp_keepalive_timer", ""},
	[RULE_KEEPALIVE_USER_TIMEOUT] = {"keepalive gives up",
					 "first expiry with one probe or more unanswered and user "
					 "timeout reached since the "
					 "last segment received; count is not asked",
					 TIMER "tcp_keepalive_timer", "2.6.37"},
	[RULE_DUPLICATE_ANSWER] = {"answer", "at once; one in tcp_invalid_ratelimit",
				   INPUT "tcp_validate_incoming, tcp_send_dupack", "3.19"},
	[RULE_NO_SOCKET] = {"reset by a peer without this connection", "at once",
			    "net/ipv4/tcp_ipv4.c, tcp_v4_rcv, tcp_v4_send_reset", ""},
	[RULE_RESET_RECEIVED] = {"reset received", "at once: ECONNRESET", INPUT "tcp_reset", ""},
	[RULE_RESET_REFUSED] = {"reset received in SYN-SENT", "at once: ECONNREFUSED",
				INPUT "tcp_reset", ""},
	[RULE_RESET_CLOSE_WAIT] = {"reset received in CLOSE-WAIT", "at once: EPIPE",
				   INPUT "tcp_reset", ""},
	[RULE_UNREACHABLE] = {"ICMP error in SYN-SENT", "at once, the errno of its code",
			      "net/ipv4/tcp_ipv4.c, tcp_v4_err", ""},
	[RULE_DATA] = {"data", "at once, while the peer's window allows", OUTPUT "tcp_write_xmit",
		       ""},
	[RULE_DATA_ANSWER] = {"acknowledgement",
			      "at once, or delayed by at most TCP_DELACK_MAX (200 ms)",
			      INPUT "__tcp_ack_snd_check", ""},
	[RULE_LOSS_PROBE] =
		{"tail loss probe",
		 "send + 2 srtt + (one segment in flight ? rto_min : 2 ms), never after the "
		 "retransmission time-out",
		 OUTPUT "tcp_schedule_loss_probe", "3.10"},
	[RULE_RETRANSMISSION] = {"retransmission",
				 "send or last retransmission + rto; rto = srtt + max(rttvar, "
				 "rto_min), doubled each time up to rto_max",
				 TIMER "tcp_retransmit_timer", ""},
	[RULE_RETRANSMISSION_THIN] = {"retransmission",
				      "last retransmission + rto, not doubled for the first 6",
				      TIMER "tcp_retransmit_timer", "2.6.34"},
	[RULE_RETRANSMISSION_LIMIT] =
		{"retransmission gives up",
		 "first expiry at least tcp_model_timeout(tcp_retries2) after the first "
		 "retransmission by time-out",
		 TIMER "retransmits_timed_out, tcp_model_timeout", "2.6.32"},
	[RULE_RETRANSMISSION_USER_TIMEOUT] =
		{"retransmission gives up", "first retransmission by time-out + user timeout",
		 TIMER "tcp_clamp_rto_to_user_timeout, retransmits_timed_out", "4.19"},
	[RULE_WINDOW_PROBE] =
		{"window probe",
		 "last probe or answer + max(rto, 200 ms), doubled each time, tcp_retries2 times "
		 "at most, up to rto_max",
		 OUTPUT "tcp_send_probe0; include/net/tcp.h, tcp_probe0_when", ""},
	[RULE_WINDOW_PROBE_LIMIT] = {"window probing gives up",
				     "next expiry once tcp_retries2 probes are unanswered",
				     TIMER "tcp_probe_timer", ""},
	[RULE_WINDOW_PROBE_USER_TIMEOUT] = {"window probing gives up",
					    "first window probe + user timeout, answered or not",
					    TIMER
					    "tcp_probe_timer, tcp_clamp_probe0_to_user_timeout",
					    "5.11"},
	[RULE_SYN] = {"SYN", "at once", OUTPUT "tcp_connect", ""},
	[RULE_SYN_RETRANSMISSION] =
		{"SYN again",
		 "last SYN + 1 s for the first tcp_syn_linear_timeouts, doubled each time then",
		 TIMER "tcp_retransmit_timer", "6.5"},
	[RULE_SYN_LIMIT] = {"connecting gives up",
			    "next expiry after tcp_syn_retries + tcp_syn_linear_timeouts SYNs "
			    "sent again, or tcp_model_timeout(tcp_syn_retries) after the first",
			    TIMER "tcp_write_timeout", "6.5"},
	[RULE_SYN_USER_TIMEOUT] = {"connecting gives up",
				   "first SYN + user timeout, after one was sent again",
				   TIMER "tcp_clamp_rto_to_user_timeout, tcp_write_timeout",
				   "4.19"},
	[RULE_SYN_ACK] = {"SYN-ACK", "at once", INPUT "tcp_conn_request", ""},
	[RULE_SYN_ACK_RETRANSMISSION] = {"SYN-ACK again",
					 "last expiry + 1 s, doubled each time up to rto_max",
					 REQUEST "reqsk_timer_handler", "4.4"},
	[RULE_SYN_ACK_LIMIT] = {"half-open request forgotten",
				"next expiry after tcp_synack_retries SYN-ACKs sent again",
				REQUEST "reqsk_timer_handler, syn_ack_recalc", "4.4"},
	[RULE_HANDSHAKE_ACK] = {"third segment of the handshake", "at once",
				INPUT "tcp_rcv_synsent_state_process", ""},
	[RULE_FIN] = {"FIN", "at once, behind unsent data", OUTPUT "tcp_send_fin", ""},
	[RULE_FIN_ANSWER] = {"acknowledgement of a FIN", "at once, or delayed as that of data",
			     INPUT "tcp_fin", ""},
	[RULE_ABORT] = {"reset instead of FIN", "at once: SO_LINGER with 0 s",
			"net/ipv4/tcp.c, __tcp_close", ""},
	[RULE_DESTROY] = {"socket destroyed", "at once: SOCK_DESTROY", "net/ipv4/tcp.c, tcp_abort",
			  "4.5"},
	[RULE_ORPHAN_LIMIT] =
		{"closed socket forgotten",
		 "first expiry at least tcp_model_timeout(tcp_orphan_retries; 0 means 8) after the "
		 "first retransmission by time-out",
		 TIMER "tcp_write_timeout, tcp_orphan_retries", ""},
	[RULE_ORPHAN_WINDOW_PROBE_LIMIT] =
		{"closed socket forgotten",
		 "next expiry after tcp_orphan_retries (0 means 8) unanswered window probes, or "
		 "once the doubled rto reaches rto_max, answered or not",
		 TIMER "tcp_probe_timer", ""},
	[RULE_FIN_WAIT_2] = {"FIN-WAIT-2 forgotten",
			     "acknowledgement of the FIN, or close() if later, + tcp_fin_timeout "
			     "or TCP_LINGER2; above 60 s the part above it twice",
			     INPUT "tcp_rcv_state_process; net/ipv4/tcp.c, __tcp_close", ""},
	[RULE_FIN_WAIT_2_RESET] = {"reset instead of FIN-WAIT-2", "at once: TCP_LINGER2 < 0",
				   "net/ipv4/tcp.c, __tcp_close", ""},
	[RULE_TIME_WAIT] = {"TIME-WAIT forgotten", "last FIN + 60 s (TCP_TIMEWAIT_LEN)",
			    MINISOCKS "tcp_time_wait", ""},
	[RULE_UNREAD] = {"reset: nobody will read the data",
			 "at once, behind a FIN: close(), or shutdown of both directions",
			 INPUT "tcp_rcv_state_process", ""},
};

const struct rule_text *rule_text(enum rule rule)
{
	return &rules[rule > RULE_NONE && rule < RULE_LIMIT ? rule : RULE_NONE];
}
