/** Reads the canonical encoding, with a bound on everything that has a length. */
export class Reader {
  /** @param {Uint8Array} from */
  constructor(from) {
    this.from = from
    this.at = 0
  }

  /** @param {number} count */
  take(count) {
    if (this.from.length < this.at + count) throw new RangeError('the bytes end too early')
    this.at += count
    return this.from.subarray(this.at - count, this.at)
  }

  u8 = () => this.take(1)[0]
  u16 = () => Number(this.integer(2))
  u32 = () => Number(this.integer(4))
  u64 = () => this.integer(8)
  u128 = () => this.integer(16)

  /** @param {number} width */
  integer(width) {
    return this.take(width).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  }

  /** @param {number} limit */
  length(limit) {
    const length = this.u32()
    if (limit < length) throw new RangeError(`a length of ${length}, at most ${limit} is allowed`)
    return length
  }

  /** @template T @param {number} limit @param {() => T} item */
  list(limit, item) {
    return Array.from({ length: this.length(limit) }, item)
  }

  text(limit = 65536) {
    return new TextDecoder('utf-8', { fatal: true }).decode(this.take(this.length(limit)))
  }

  /** @template T @param {() => T} item */
  option(item) {
    const tag = this.u8()
    if (1 < tag) throw new RangeError('a value is there or not')
    return tag ? item() : null
  }

  /** Fails if something is left. */
  end() {
    if (this.at !== this.from.length) throw new RangeError('there are bytes behind the end')
  }
}
