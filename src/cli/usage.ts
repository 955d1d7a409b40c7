// Owns the text of `berkeley --help`, and what it means that a command line means nothing. It must not know how the
// words are read.

/** The command line does not mean anything. */
export class UsageError extends Error {}

export const usage = `Usage: berkeley [COMMAND]

  connect TARGET   joins standard input and output to a server
  listen TARGET    takes one connection and does the same; the address that it
                   listens on goes to standard error
  relay LISTEN TARGET
                   takes connections on LISTEN, and joins each one to a
                   connection of its own to TARGET
  tls TARGET       shakes hands, and shows what came of it: version, cipher, the
                   certificates, whether they are valid, and why not
  udp TARGET       sends each line of standard input as a datagram, and prints
                   what comes back
  ping TARGET      sends ICMP echoes to a host, and times the replies
  options TARGET   connects, and shows every option of the socket: its value, or
                   the code of the error; --list in place of TARGET looks at
                   new sockets
  doctor           says what works on this machine, and what to do about the
                   rest
  tour             shows and verifies what the library does; it is also what
                   runs without a command

  --timeout D      longest wait for the connection, and longest silence on it:
                   500ms, 1.5s, 2m; for tls and options 10s unless told; for
                   udp the wait for answers after the end of the input, 2s
                   unless told
  --crlf           line ends of the input go out as CR LF
  --echo           listen, udp --listen: send back what comes
  --keep           listen: go on with the next connection
  --json           tls, ping, options, doctor: one JSON object instead of the
                   screen
  --help, --version

  --listen         udp: print what comes to TARGET; the input goes to whoever
                   was heard last
  --whole          udp: the whole input is one datagram
  --broadcast      udp: TARGET may be a broadcast address
  --multicast G    udp --listen: join the group G
  --interface I    udp: where groups are joined and sent to

  -c COUNT         ping: so many requests; until interrupted unless told
  -i SECONDS       ping: from one request to the next; 1 unless told
  -W SECONDS       ping: the longest wait for a reply; 2 unless told
  -4, -6           ping: only addresses of this version

  --tls            connect, listen, relay: TLS from the first byte; of relay
                   with those who connect to it
  --tls-connect    relay: TLS with TARGET; --ca, --sni, --pin and --insecure are
                   about it
  --starttls P     connect, tls: plain text first, then TLS, as P does it: smtp,
                   imap, pop3 or postgres
  --sni NAME       the name to ask for and to check; the host unless told
  --alpn LIST      application protocols, the best first: h2,http/1.1
  --ca FILE        who may sign the server's certificate, in place of the usual
                   roots; listen: who may sign clients', and they must show one
  --cert FILE      our own certificate, and its chain; listen makes one that it
                   signs itself unless told
  --key FILE       the private key of --cert, if it is not in the same file
  --pin SHA256     the server's public key has this hash, in hexadecimal or
                   base64; given several times: one of them
  --insecure       accept any certificate; a --pin counts nevertheless

TARGET is HOST:PORT, [IPV6]:PORT, :PORT, unix:PATH, /PATH, unix:@NAME or fd:N.
connect ends its own direction at the end of the input (under TLS when the peer
has been silent for two seconds then), and ends with the peer.
Exit codes: 0 done, 1 the connection failed or ping got no reply, 2 wrong usage.
tls tells failures apart: 3 no such name, 4 not connected, 5 no TLS, 6 the
certificate is not valid, 7 out of time, 1 anything else.
`;
