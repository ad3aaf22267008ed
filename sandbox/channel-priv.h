/* SPDX-License-Identifier: Apache-2.0 */
/* Messages between broker and worker: one SOCK_SEQPACKET datagram each, a type byte and a payload, at most one descriptor. */
#ifndef ML_SANDBOX_CHANNEL_PRIV_H
#define ML_SANDBOX_CHANNEL_PRIV_H

#include "base/str.h"

enum { ML_MESSAGE_MAX = 32768 };

enum ml_message {
	ML_MSG_READY = 'R',  /* worker: struct ml_ready */
	ML_MSG_GO = 'G',     /* broker: the seal is proved */
	ML_MSG_ASK = 'Q',    /* worker: request id, argument */
	ML_MSG_ANSWER = 'A', /* broker: int code; with a descriptor when it is 0 */
	ML_MSG_OUTPUT = 'O', /* worker: bytes */
};

/* What the child knows of its seal. */
struct ml_ready {
	int lacking[32];
	int landlock_abi;
};

/* Sends one message with `fd` (or -1). 0, ML_EIO. `flags` as of sendmsg. */
int ml_channel_send(int channel, enum ml_message type, struct ml_str payload, int fd, int flags);

/* Receives one message into `out` (ML_MESSAGE_MAX bytes); *fd is a descriptor of the caller's or -1. The length of the payload; ML_EIO at the end;
 * ML_EPROTO: empty, cut short, or more than one descriptor (all closed). */
int ml_channel_receive(int channel, char *type, char *out, int *fd, int flags);

#endif
