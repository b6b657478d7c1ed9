/* The rules that the model states, each with its formula in words and where the kernel has it. */
#ifndef HALFOPEN_MODEL_RULES_H
#define HALFOPEN_MODEL_RULES_H

enum rule {
	RULE_NONE,
	RULE_KEEPALIVE_FIRST,
	RULE_KEEPALIVE_NEXT,
	RULE_KEEPALIVE_COUNT,
	RULE_KEEPALIVE_USER_TIMEOUT,
	RULE_DUPLICATE_ANSWER,
	RULE_NO_SOCKET,
	RULE_RESET_RECEIVED,
	RULE_RESET_REFUSED,
	RULE_RESET_CLOSE_WAIT,
	RULE_UNREACHABLE,
	RULE_DATA,
	RULE_DATA_ANSWER,
	RULE_LOSS_PROBE,
	RULE_RETRANSMISSION,
	RULE_RETRANSMISSION_THIN,
	RULE_RETRANSMISSION_LIMIT,
	RULE_RETRANSMISSION_USER_TIMEOUT,
	RULE_WINDOW_PROBE,
	RULE_WINDOW_PROBE_LIMIT,
	RULE_WINDOW_PROBE_USER_TIMEOUT,
	RULE_SYN,
	RULE_SYN_RETRANSMISSION,
	RULE_SYN_LIMIT,
	RULE_SYN_USER_TIMEOUT,
	RULE_SYN_ACK,
	RULE_SYN_ACK_RETRANSMISSION,
	RULE_SYN_ACK_LIMIT,
	RULE_HANDSHAKE_ACK,
	RULE_FIN,
	RULE_FIN_ANSWER,
	RULE_ABORT,
	RULE_DESTROY,
	RULE_ORPHAN_LIMIT,
	RULE_ORPHAN_WINDOW_PROBE_LIMIT,
	RULE_FIN_WAIT_2,
	RULE_FIN_WAIT_2_RESET,
	RULE_TIME_WAIT,
	RULE_UNREAD,
	RULE_LIMIT, /* the number of rules */
};

struct rule_text {
	const char *name;    /* "keepalive probe" */
	const char *formula; /* when it is due, in the words of options and sysctls */
	const char *source;  /* kernel file, function */
	const char *since;   /* first kernel that behaves so; "" where it always did */
};

const struct rule_text *rule_text(enum rule rule);

#endif
