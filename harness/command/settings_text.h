/* Settings of an end on one line: "idle=60s,interval=10s,count=6,tcp_retries2=8". */
#ifndef HALFOPEN_COMMAND_SETTINGS_TEXT_H
#define HALFOPEN_COMMAND_SETTINGS_TEXT_H

#include "model/settings.h"
#include "scenario/sysctl_file.h"

/*
 * Reads the options of an end, and appends the sysctls. Keepalive is on where idle, interval or
 * count is given and keepalive is not. Mistakes go to problems, all of them; from is what messages
 * call the text.
 */
void settings_text_read(const char *from, const char *text, struct end_settings *ret_options,
			struct sysctl_list *sysctls, struct problems *problems);

#endif
