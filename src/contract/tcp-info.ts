// What the kernel knows of a TCP connection.

/** `struct tcp_info`, decoded: tcp(7). What the running kernel is too old for is absent. */
export interface TcpInfo {
  /** The state by the name of its constant without `TCP_`: `'ESTABLISHED'`, `'CLOSE_WAIT'`, `'LISTEN'` … */
  state: string;
  /** Smoothed round-trip time, and how much it varies, in microseconds. */
  rtt: number;
  rttVar: number;
  /** Retransmissions in a row of what is now unacknowledged; 0 when all is well. */
  retransmits: number;
  /** All retransmissions of the connection so far. */
  totalRetransmits?: number;
  /** Segments that are taken for lost, those in flight, and the size of the congestion window in segments. */
  lost: number;
  unacked: number;
  cwnd: number;
  /** The size of a segment that is sent, in bytes. */
  mss: number;
  /** The MTU of the path, in bytes. */
  pmtu: number;
  /** Time to the next retransmission of what is sent now, in microseconds. */
  rto: number;
  /** The shortest round-trip time that was seen, in microseconds. */
  minRtt?: number;
  /** Bytes that wait in the send queue and were never sent. */
  notSent?: number;
  /** Bytes of ours that the peer has acknowledged, and bytes that we have received. */
  bytesAcked?: bigint;
  bytesReceived?: bigint;
  /** The rate at which data arrives at the peer, in bytes a second. */
  deliveryRate?: bigint;
  /** All bytes that the kernel gave: `struct tcp_info` of <linux/tcp.h>. */
  raw: Buffer;
}
