/**
 * How large the largest writes were since this was last taken: the most keys that one revision put (a transaction), and
 * the longest value. Deletes do not count: a lease that ends takes a thousand keys along in one revision, every minute of
 * a cluster's life. What is told twice after a reconnect is noted once.
 */
export class LargestWrites {
  /** 0: nothing was put. */
  revisionPuts = 0;
  /** The length of a value, without its key. */
  putBytes = 0;

  /** What has been noted, and begins anew. */
  take(): { largestRevisionPuts: number; largestPutBytes: number } {
    const taken = { largestRevisionPuts: this.revisionPuts, largestPutBytes: this.putBytes };
    this.revisionPuts = 0;
    this.putBytes = 0;
    return taken;
  }
}
