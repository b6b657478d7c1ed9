#include "scenario/addresses.h"

#include "base/address.h"
#include "scenario/vocabulary.h"

/* In a namespace of its own every port is free. */
#define SERVER_PORT 12345

static struct address loopback(int family, uint16_t port)
{
	struct address address;

	address_parse(family == 6 ? "[::1]" : "127.0.0.1", &address);
	address.port = port;
	return address;
}

/* Whether the scenario says which host this end is. */
static bool has_host(const struct value *value)
{
	return value->set && !value->bad && value->address.family;
}

static void place(const struct reader *reader, struct scenario *scenario, const char *name,
		  struct value *value)
{
	uint16_t port = value->address.port;

	if (!has_host(value)) {
		if (scenario->topology == TOPOLOGY_LOOPBACK)
			value->address = loopback(scenario->family, port);
	} else if (scenario->topology != TOPOLOGY_LOOPBACK) {
		complain(reader, value->at,
			 "%s: the addresses of topology %s are given: write only the port, %u",
			 name, word_name(topology_words, scenario->topology), port);
	} else if (value->address.family != scenario->family) {
		complain(reader, value->at, "%s: " WORD " is no address of family %s", name,
			 value->text, word_name(family_words, scenario->family));
	}
}

void addresses_place(const struct reader *reader, struct scenario *scenario)
{
	struct value *listen = &scenario->server.value[KEY_LISTEN];
	struct value *bind = &scenario->client.value[KEY_BIND];

	if (!scenario->family && has_host(listen))
		scenario->family = listen->address.family;
	if (!scenario->family && has_host(bind))
		scenario->family = bind->address.family;
	if (!scenario->family)
		scenario->family = 4;
	if (!listen->set)
		listen->address.port = SERVER_PORT;
	place(reader, scenario, "listen", listen);
	if (bind->set)
		place(reader, scenario, "bind", bind);
}
