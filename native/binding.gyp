{
  'target_defaults': {
    'conditions': [
      ['OS=="linux"', {
        'defines': ['NAPI_VERSION=8', '_GNU_SOURCE'],
        'cflags': ['-O2', '-Wall', '-Wextra', '-Werror', '-fvisibility=hidden'],
        # One standard on every Node line; node-gyp would put the line's own.
        'cflags_cc!': ['-std=gnu++17', '-std=gnu++20', '-std=c++20'],
        'cflags_cc': ['-std=c++17', '-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics'],
        # nodelete: the resolver's threads, the end of an environment and what OpenSSL was told to call outlive the last
        # worker that has loaded an addon. as-needed: no libstdc++, whose version would decide on which systems the file
        # loads.
        'ldflags': ['-Wl,--as-needed', '-Wl,-z,nodelete', '-Wl,-z,now', '-static-libgcc'],
      }],
    ],
  },
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
            'constants_netlink.cc',
            'constants_poll.cc',
            'constants_socket.cc',
            'constants_tcp.cc',
            'constants_tcp_state.cc',
            'descriptors.cc',
            'endpoints.cc',
            'environment.cc',
            'file.cc',
            'interfaces.cc',
            'libraries.cc',
            'lookup.cc',
            'message.cc',
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
        }, {
          'type': 'none',
        }],
      ],
    },
    {
      # OpenSSL's symbols are those of the running program, so nothing is linked: -z now turns a missing one into an error
      # of loading.
      'target_name': 'berkeley_tls',
      'conditions': [
        ['OS=="linux"', {
          'sources': [
            'tls/addon.cc',
            'tls/callbacks.cc',
            'tls/context.cc',
            'tls/environment.cc',
            'tls/facts.cc',
            'tls/handshake.cc',
            'tls/hello.cc',
            'tls/pkcs12.cc',
            'tls/secrets.cc',
            'tls/session.cc',
            'tls/staple.cc',
            'tls/store.cc',
            'tls/transfer.cc',
            'tls/transport.cc',
            'tls/values.cc',
            'tls/verify.cc',
            'tls/verify_codes.cc',
          ],
        }, {
          'type': 'none',
        }],
      ],
    },
  ],
}
