/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's side: sealed, told to go, then asking and writing. */
#include <string.h>
#include <unistd.h>

#include "sandbox/channel-priv.h"
#include "sandbox/worker-priv.h"

struct ml_worker {
	int channel;
	char message[ML_MESSAGE_MAX];
};

int ml_worker_ask(struct ml_worker *worker, uint8_t request, struct ml_str argument)
{
	char type, ask[ML_MESSAGE_MAX];
	int code = ML_EPROTO, fd, n;

	if (argument.len + 1 > sizeof(ask))
		return ML_ELIMIT;
	ask[0] = (char)request;
	if (argument.len)
		memcpy(ask + 1, argument.ptr, argument.len);
	if (ml_channel_send(worker->channel, ML_MSG_ASK, (struct ml_str){ask, argument.len + 1}, -1, 0))
		return ML_EIO;
	n = ml_channel_receive(worker->channel, &type, worker->message, &fd, 0);
	if (n != (int)sizeof(code) || type != ML_MSG_ANSWER)
		return ML_EIO;
	memcpy(&code, worker->message, sizeof(code));
	return code == 0 ? fd : code;
}

int ml_worker_write(struct ml_worker *worker, struct ml_str bytes)
{
	while (bytes.len) {
		struct ml_str part = ml_str_sub(bytes, 0, ML_MESSAGE_MAX);
		if (ml_channel_send(worker->channel, ML_MSG_OUTPUT, part, -1, 0))
			return ML_EIO;
		bytes = ml_str_sub(bytes, part.len, bytes.len);
	}
	return 0;
}

static bool say_ready(const struct ml_seal *seal, const int lacking[ML_LAYERS])
{
	struct ml_ready ready = {.landlock_abi = seal->landlock_abi};

	_Static_assert(ML_LAYERS <= 32, "struct ml_ready has room for 32");
	memcpy(ready.lacking, lacking, ML_LAYERS * sizeof(int));
	return ml_channel_send(ML_CHANNEL_FD, ML_MSG_READY, (struct ml_str){(char *)&ready, sizeof(ready)}, -1, 0) == 0;
}

void ml_worker_life(const struct ml_worker_spec *spec, struct ml_seal *seal)
{
	static struct ml_worker worker = {.channel = ML_CHANNEL_FD};
	int lacking[ML_LAYERS] = {0}, fd;
	char type;

#ifdef ML_UNSEALED
	ml_seal(seal, ~((uint32_t)1 << ML_LAYER_DESCRIPTORS), lacking);
#else
	ml_seal(seal, spec->skip_layers, lacking);
#endif
	if (say_ready(seal, lacking) && ml_channel_receive(ML_CHANNEL_FD, &type, worker.message, &fd, 0) == 0 && type == ML_MSG_GO)
		_exit(spec->run(&worker, spec->arg) & 0xff);
	_exit(0xff);
}
