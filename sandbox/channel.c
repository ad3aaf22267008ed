/* SPDX-License-Identifier: Apache-2.0 */
/* Messages between broker and worker. */
#include "sandbox/channel-priv.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/error.h"

enum { DESCRIPTORS = 8 }; /* room for more than one, so that a liar's are seen and closed */

int ml_channel_send(int channel, enum ml_message type, struct ml_str payload, int fd, int flags)
{
	char kind = (char)type;
	struct iovec parts[2] = {{&kind, 1}, {(void *)(uintptr_t)payload.ptr, payload.len}};
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	ssize_t n;

	if (fd >= 0) {
		message.msg_control = control.room;
		message.msg_controllen = sizeof(control.room);
		control.header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(int));
	}
	do {
		n = sendmsg(channel, &message, MSG_NOSIGNAL | flags);
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)(payload.len + 1) ? 0 : ML_EIO;
}

/* Takes the descriptors of a message: the first to *fd, and how many there were. */
static int take_descriptors(struct msghdr *message, int *fd)
{
	int n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		size_t count = c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
		for (size_t i = 0; i < count; i++, n++) {
			int one;
			memcpy(&one, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (n == 0)
				*fd = one;
			else
				close(one);
		}
	}
	return n;
}

int ml_channel_receive(int channel, char *type, char *out, int *fd, int flags)
{
	struct iovec parts[2] = {{type, 1}, {out, ML_MESSAGE_MAX}};
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
	} control;
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2, .msg_control = control.room, .msg_controllen = sizeof(control.room)};
	ssize_t n;
	int descriptors;

	*fd = -1;
	do {
		n = recvmsg(channel, &message, MSG_CMSG_CLOEXEC | flags);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return ML_EIO;
	descriptors = take_descriptors(&message, fd);
	if (descriptors > 1 || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
		if (descriptors)
			close(*fd);
		*fd = -1;
		return ML_EPROTO;
	}
	return (int)n - 1;
}
