/* What the model's files share; nobody else includes it. */
#ifndef HALFOPEN_MODEL_ENGINE_H
#define HALFOPEN_MODEL_ENGINE_H

#include "model/model.h"

struct due_list {
	struct due *list;
	size_t count;
};

/* Appends an empty due of an end. */
struct due *due_add(struct due_list *dues, enum due_kind kind, enum end end, enum rule rule,
		    struct window at);

/* timer.c: a wheel timer of a socket. since: what has passed already of what its rule counts. */
void timer_arm(const struct model *model, struct model_timer *timer, struct window at,
	       struct window duration, struct window since);
/* Arms for a moment that is counted from something earlier: reach is exact there. */
void timer_arm_until(const struct model *model, struct model_timer *timer, struct window at,
		     struct window expires, struct window distance, struct window reach);
/* The moments whose jiffies the kernel counts from for what was stamped so. */
struct window stamp_in_jiffies(const struct model *model, struct window stamp);
struct window timer_fire(const struct model *model, const struct model_timer *timer);
/* What will have passed when it fires. */
struct window timer_elapsed(const struct model *model, const struct model_timer *timer);
/* How long ago a stamp is: known by the due that is being assumed, or the difference. */
struct window since_stamp(const struct model *model, struct window at, struct window stamp);

static inline int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static inline bool seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static inline bool in_flight(const struct model_end *end)
{
	return end->snd_una != end->snd_nxt;
}

/*
 * Bytes written and not sent. Segments are often seen before the call that wrote them returns, and
 * the calls of a foreign program never.
 */
static inline int64_t unsent(const struct model_end *end)
{
	return most(end->written - end->sequenced, 0);
}

/* Whether an application learns of the end of its connection when that comes: connect() is awaited
 * always. */
static inline bool is_told(const struct model_end *end)
{
	return !end->unattended && (!end->unaware || end->state == STATE_SYN_SENT);
}

/* The window of a receive buffer of the default size, as much as is told apart here. */
#define WINDOW_OPEN 65535

/*
 * What fits into the receive buffer: SO_RCVBUF is doubled for the headers that are kept with the
 * data (net/core/sock.c, __sock_set_rcvbuf), and the default is twice that too.
 */
static inline int64_t receive_room(const struct model_end *end)
{
	return end->options.receive_buffer ? end->options.receive_buffer : WINDOW_OPEN;
}

static inline bool is_alive(const struct model_end *end)
{
	return end->state != STATE_NONE && end->state != STATE_CLOSED &&
	       end->state != STATE_LISTEN && end->state != STATE_TIME_WAIT;
}

/* tcp_rto_max() and tcp_rto_min() of an end. */
int64_t end_rto_max(const struct model *model, const struct model_end *end);
/* tcp_model_timeout() */
int64_t modelled_timeout(const struct model *model, const struct model_end *end, int64_t boundary,
			 int64_t rto_base);

/* pending.c: what is due at once, as a consequence */
void pending_add(struct model *model, struct model_end *end, enum due_kind kind, enum rule rule,
		 struct window at, enum segment_role role);
void pending_remove(struct model_end *end, enum due_kind kind);
/* What waits to be sent goes out at once, if it may. */
void pending_output(struct model *model, struct model_end *end, struct window at);
/* The end sent an ACK of all that it got. */
void pending_acknowledged(struct model_end *end, const struct model_segment *segment);

/* keepalive.c */
void keepalive_start(struct model *model, struct model_end *end, struct window at);
void keepalive_catch_up(const struct model *model, struct model_end *end, struct window until);
void keepalive_received(const struct model *model, struct model_end *end, struct window at);
void keepalive_probe_sent(const struct model *model, struct model_end *end, struct window at);
void keepalive_option(struct model *model, struct model_end *end, enum model_option option,
		      struct window at);
void keepalive_due(const struct model *model, const struct model_end *end, struct due_list *dues);

/* rtt.c */
void rtt_sent(struct model_end *end, uint32_t next, struct window at);
void rtt_sent_again(struct model_end *end, uint32_t seq);
void rtt_acknowledged(struct model_end *end, uint32_t ack, struct window at);
/* The smoothed round trip time. */
struct window rtt_of(const struct model *model, const struct model_end *end);

/* retransmit.c */
struct window base_rto(const struct model *model, const struct model_end *end);
void write_stop(struct model_end *end);
void write_rearm(struct model *model, struct model_end *end, struct window at);
/* Arms for the time-out, or for the user timeout's end where that comes first; limit 0: none. */
void write_arm_clamped(struct model *model, struct model_end *end, int64_t limit, struct window at,
		       struct window since);
void retransmit_sent(struct model *model, struct model_end *end, int64_t length, struct window at);
void retransmit_again(struct model *model, struct model_end *end, struct window at);
void retransmit_due(const struct model *model, const struct model_end *end, struct due_list *dues);

/* persist.c */
void persist_check(struct model *model, struct model_end *end, struct window at);
void persist_answered(struct model *model, struct model_end *end, struct window at);
void persist_probe_sent(struct model *model, struct model_end *end, struct window at);
void persist_due(const struct model *model, const struct model_end *end, struct due_list *dues);

/* handshake.c */
void syn_sent(struct model *model, struct model_end *end, const struct model_segment *segment,
	      struct window at);
void syn_sent_again(struct model *model, struct model_end *end, struct window at);
void syn_due(const struct model *model, const struct model_end *end, struct due_list *dues);
void syn_ack_sent(struct model *model, struct model_end *end, const struct model_segment *segment,
		  struct window at);
void syn_ack_due(const struct model *model, const struct model_end *end, struct due_list *dues);
/* Takes what an end gets before it is established. Returns whether that was all there is to it. */
bool handshake_received(struct model *model, struct model_end *end,
			const struct model_segment *segment, struct window at);

/* orphan.c: closing */
void close_call(struct model *model, struct model_end *end, enum model_call call, struct window at);
void fin_was_sent(struct model_end *end);
void fin_acknowledged(struct model *model, struct model_end *end, struct window at);
void fin_received(struct model *model, struct model_end *end, struct window at);
void linger_due(const struct model *model, const struct model_end *end, struct due_list *dues);
void linger_over(struct model *model, struct model_end *end, const struct due *due);
bool orphan_alive(const struct model *model, const struct model_end *end);
int64_t orphan_retries(const struct model *model, const struct model_end *end, bool alive);

/* receive.c */
void receive(struct model *model, struct model_end *end, const struct model_segment *segment,
	     struct window at);

/* model.c */
/* The socket is gone; an application that still has it is told error. */
void end_dies(struct model *model, struct model_end *end, int error, enum rule rule,
	      struct window at);

static inline const struct sysctl_settings *sysctls_of(const struct model *model,
						       const struct model_end *end)
{
	return settings_sysctls(&model->settings, end->end);
}

#endif
