// SPDX-License-Identifier: Apache-2.0
// Sockets that the service manager opened for us (socket activation).
// Source: sd_listen_fds(3) of systemd.
#ifndef SERVE_ACTIVATION_H
#define SERVE_ACTIVATION_H

// The first one; the others follow without a gap.
#define ACTIVATION_FIRST_FD 3
// More are taken as none.
#define ACTIVATION_MAX_FDS 64

// How many there are ($LISTEN_FDS, if $LISTEN_PID is this process); 0: none, or not all that
// was promised is there. They are the caller's from now on, and close on exec. Unsets the
// variables, so that no child takes them for its own, and a second call gives 0. Before
// threads begin.
int activation_listen_fds(void);

#endif
