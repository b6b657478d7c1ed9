/* The subcommands: one file each. */
#ifndef HALFOPEN_COMMAND_COMMAND_H
#define HALFOPEN_COMMAND_COMMAND_H

/* Exit codes. The others come from verdicts, see judge/outcome.h. */
#define EXIT_USAGE     2   /* a wrong option, or a bad scenario */
#define EXIT_UNABLE    125 /* could not run at all */
#define EXIT_BY_SIGNAL 128 /* plus its number, as shells have it; ends a git bisect */

int command_run(int argc, char **argv);
int command_check(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_judge(int argc, char **argv);
int command_audit(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_table(int argc, char **argv);
int command_report(int argc, char **argv);

#endif
