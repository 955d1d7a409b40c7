{
  'targets': [
    {
      'target_name': 'berkeley',
      'conditions': [
        ['OS=="linux"', {
          'sources': [
            'addon.cc',
            'constants.cc',
            'constants_errno.cc',
            'constants_internet.cc',
            'constants_link.cc',
            'constants_name.cc',
            'constants_poll.cc',
            'constants_socket.cc',
            'constants_tcp.cc',
            'constants_tcp_state.cc',
            'descriptors.cc',
            'endpoints.cc',
            'environment.cc',
            'interfaces.cc',
            'lookup.cc',
            'ownership.cc',
            'poll.cc',
            'reactor.cc',
            'reactor_epoll.cc',
            'resolver.cc',
            'sockopt.cc',
            'threads.cc',
            'transfer.cc',
            'wake_thread.cc',
            'wake_uv.cc',
          ],
          'defines': ['NAPI_VERSION=8', '_GNU_SOURCE'],
          'cflags': ['-O2', '-Wall', '-Wextra', '-Werror', '-fvisibility=hidden'],
          # One standard on every Node line; node-gyp would put the line's own.
          'cflags_cc!': ['-std=gnu++17', '-std=gnu++20', '-std=c++20'],
          'cflags_cc': ['-std=c++17', '-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics'],
          # nodelete: the resolver's threads and the end of an environment outlive the last worker that has loaded the
          # addon. as-needed: no libstdc++, whose version would decide on which systems the file loads.
          'ldflags': ['-Wl,--as-needed', '-Wl,-z,nodelete', '-Wl,-z,now', '-static-libgcc'],
        }, {
          'type': 'none',
        }],
      ],
    },
  ],
}
