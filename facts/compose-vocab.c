/* SPDX-License-Identifier: Apache-2.0 */
/* The words of Compose projects. Sources: compose-spec 05-services.md and its siblings, docker run(1), capabilities(7). */
#include "facts/compose.h"

#include "facts/schema-priv.h"

/* capabilities(7), Linux 6.x, without CAP_; ALL is Docker's word for every one. */
VOCAB(ml_co_capability_vocab, "Linux capability", "ALL", "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF",
	"CHECKPOINT_RESTORE", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL",
	"LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST",
	"NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT",
	"SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG",
	"WAKE_ALARM");
VOCAB(ml_co_network_mode_vocab, "network mode", "default", "bridge", "host", "none", "service", "container", "network");
VOCAB(ml_co_pid_mode_vocab, "PID mode", "private", "host", "service", "container");
VOCAB(ml_co_ipc_mode_vocab, "IPC mode", "default", "private", "none", "shareable", "host", "service", "container");
VOCAB(ml_co_uts_mode_vocab, "UTS mode", "private", "host");
VOCAB(ml_co_userns_mode_vocab, "user namespace mode", "default", "host", "other");
VOCAB(ml_co_cgroup_mode_vocab, "cgroup namespace mode", "default", "private", "host");
VOCAB(ml_co_protocol_vocab, "transport protocol", "tcp", "udp", "sctp");
VOCAB(ml_co_publish_mode_vocab, "publishing mode", "ingress", "host");
VOCAB(ml_co_address_vocab, "address class", "all", "loopback", "specific");
VOCAB(ml_co_mount_type_vocab, "mount type", "bind", "volume", "tmpfs", "npipe", "cluster", "image");
VOCAB(ml_co_propagation_vocab, "mount propagation", "private", "rprivate", "shared", "rshared", "slave", "rslave");
VOCAB(ml_co_sensitive_vocab, "kind of sensitive path", "none", "root", "runtime-socket", "run", "docker-data", "kubelet", "etc",
	"boot", "dev", "proc", "sys", "usr", "root-home", "home", "var", "ssh", "cloud-credentials", "registry-credentials",
	"kubeconfig", "cron", "log", "modules", "env-file", "vcs");
VOCAB(ml_co_socket_vocab, "container runtime", "none", "docker", "containerd", "cri-o", "podman", "other");
VOCAB(ml_co_restart_vocab, "restart policy", "no", "always", "on-failure", "unless-stopped");
VOCAB(ml_co_condition_vocab, "dependency condition", "service_started", "service_healthy", "service_completed_successfully");
VOCAB(ml_co_restart_condition_vocab, "restart condition", "", "none", "on-failure", "any");
VOCAB(ml_co_pull_vocab, "pull policy", "always", "never", "missing", "build", "daily", "weekly", "every", "newer");
VOCAB(ml_co_security_vocab, "security option", "apparmor", "credentialspec", "label", "no-new-privileges", "seccomp",
	"systempaths", "writable-cgroups", "other");
VOCAB(ml_co_device_class_vocab, "device class", "all", "memory", "disk", "kvm", "fuse", "tun", "gpu", "sound", "video", "input",
	"serial", "usb", "tpm", "null", "other");
VOCAB(ml_co_object_kind_vocab, "origin of a secret or configuration", "file", "environment", "content", "external", "driver");
VOCAB(ml_co_where_vocab, "place of a secret", "environment", "env-file", "build-arg", "label", "command", "entrypoint",
	"healthcheck", "config", "option", "extension", "other");
VOCAB(ml_co_order_vocab, "update order", "stop-first", "start-first");
VOCAB(ml_co_failure_vocab, "update failure action", "pause", "continue", "rollback");
