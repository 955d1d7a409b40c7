// The numbers of this system that faces need. They come through core, because the faces have no business with native/.

export {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  MSG_WAITALL,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_RCVTIMEO,
  SO_SNDTIMEO,
  SOMAXCONN,
} from '../native/constants.js';
