#include "report/fingerprint.h"

#include <string.h>

#include "scenario/vocabulary.h"

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/: it need not resist anybody. */
#define FNV_START 0xcbf29ce484222325U
#define FNV_PRIME 0x100000001b3U

/* With its end, so that "ab", "c" is not "a", "bc". */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	size_t size = text ? strlen(text) + 1 : 1;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)(text ? text[i] : 1)) * FNV_PRIME;
	return hash;
}

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
	for (int i = 0; i < 8; i++)
		hash = (hash ^ (number >> (8 * i) & 0xff)) * FNV_PRIME;
	return hash;
}

/* By its name, since enum key is not the same in every version. */
static const char *key_name(const struct record_spec *spec, enum key key)
{
	for (size_t i = 0; i < spec->key_count; i++) {
		if (spec->keys[i].key == key)
			return spec->keys[i].name;
	}
	for (size_t i = 0; i < step_key_count; i++) {
		if (step_keys[i].key == key)
			return step_keys[i].name;
	}
	return "";
}

static bool has_items(const struct record_spec *spec, enum key key)
{
	for (size_t i = 0; i < spec->key_count; i++) {
		enum value_type type = spec->keys[i].type;

		if (spec->keys[i].key == key)
			return type == TYPE_WORDS || type == TYPE_COUNTERS || type == TYPE_SYSCTLS;
	}
	return false;
}

static uint64_t hash_value(const char *name, const struct value *value, bool with_items)
{
	uint64_t hash = hash_text(hash_text(FNV_START, name), value->text);

	for (size_t i = 0; with_items && i < value->item_count; i++) {
		const struct list_item *item = &value->items[i];

		hash = hash_text(hash_text(hash, item->text), item->setting);
		hash = hash_number(hash, (uint64_t)item->number);
	}
	return hash;
}

static uint64_t hash_record(uint64_t hash, const struct record *record)
{
	const struct record_spec *spec = record_spec_of(record->kind);
	uint64_t values = 0;

	/* A sum, since keys have no order. */
	for (enum key key = 0; key < KEY_LIMIT; key++) {
		if (record_has(record, key))
			values += hash_value(key_name(spec, key), &record->value[key],
					     has_items(spec, key));
	}
	return hash_number(hash_text(hash, spec->name), values);
}

uint64_t fingerprint_scenario(const struct scenario *scenario)
{
	uint64_t hash = FNV_START, sysctls = 0;

	for (size_t i = 0; i < scenario->sysctl_count; i++) {
		const struct sysctl_setting *setting = &scenario->sysctls[i];

		if (setting->at.line)
			sysctls += hash_text(hash_text(FNV_START, setting->name), setting->value);
	}
	hash = hash_number(hash, sysctls);
	hash = hash_record(hash, &scenario->client);
	hash = hash_record(hash, &scenario->server);
	for (size_t i = 0; i < scenario->step_count; i++)
		hash = hash_record(hash, &scenario->steps[i]);
	for (size_t i = 0; i < scenario->expectation_count; i++)
		hash = hash_record(hash, &scenario->expectations[i]);
	return scenario->until.set ? hash_text(hash, scenario->until.text) : hash;
}

uint64_t fingerprint_add(uint64_t suite, const char *id, uint64_t scenario)
{
	return suite + hash_number(hash_text(FNV_START, id), scenario);
}
