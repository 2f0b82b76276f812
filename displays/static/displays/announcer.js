// Sound belongs to calls: each call and each recall is announced once, in order, in full; old ones never are.

/** A call older than this when it is first heard of (a page just loaded, a link just mended) is shown but not spoken. */
export const TOO_OLD = 20_000;

const REMEMBERED = 200;

/** The name of one saying of one call: a recall is another saying, a restored backup (epoch) another history. */
export function sayingOf(epoch, call) {
  return `${epoch}:${call.id}:${call.said}`;
}

/**
 * Speaks the calls of frames one after the other.
 *
 * `play(call)` resolves when the sound has ended, and rejects when it cannot be heard; a NotAllowedError means that the
 * browser waits for a person's touch: the calls wait too, until `resume()`. `now()` is the server's time in ms.
 * `spoken` holds the sayings that this board spoke before it was reloaded.
 */
export class Announcer {
  constructor({ play, now, spoken = [], onSpoken = () => {}, onBlocked = () => {}, onFault = () => {}, onDropped = () => {} }) {
    Object.assign(this, { play, now, onSpoken, onBlocked, onFault, onDropped });
    this.rules = { limit: Infinity, drop: "oldest", quiet: false };
    this.known = new Set(spoken);
    this.queue = [];
    this.speaking = false;
    this.blocked = false;
    this.first = true;
  }

  /**
   * The hall's rules of the queue: how many may wait, which of them is dropped beyond that, and whether it is quiet.
   * Where quiet begins, what is being said is said to its end; what waits stays unspoken like all that comes.
   */
  follow(rules) {
    this.rules = rules;
    if (rules.quiet) this.queue = this.queue.filter((waiting) => waiting.trial);
  }

  /** Speak something that stands in no frame, after what already waits. */
  add(call) {
    this.queue.push(call);
    return this.#speak();
  }

  /** Take the calls of a frame; what is new and young is spoken after what already waits. */
  hear(epoch, calls) {
    this.#forgetUndone(epoch, calls);
    const unheard = calls.filter((call) => !this.known.has(sayingOf(epoch, call)));
    for (const call of unheard.sort((one, other) => one.said_seq - other.said_seq)) {
      this.#know(sayingOf(epoch, call));
      if (call.sound && !this.rules.quiet && this.#isYoung(call)) this.queue.push({ ...call, epoch });
    }
    this.first = false;
    while (this.queue.length > this.#room()) this.onDropped(this.#dropped());
    return this.#speak();
  }

  /** A person touched the page, so sound is allowed now; what waited too long meanwhile stays unspoken. */
  resume() {
    this.blocked = false;
    this.queue = this.queue.filter((call) => this.#isYoung(call));
    return this.#speak();
  }

  /** How many the queue may hold: who is said at once does not wait. */
  #room() {
    return this.rules.limit + (this.speaking || this.blocked ? 0 : 1);
  }

  #dropped() {
    return this.rules.drop === "newest" ? this.queue.pop() : this.queue.shift();
  }

  async #speak() {
    if (this.speaking) return;
    this.speaking = true;
    while (this.queue.length && !this.blocked) await this.#say(this.queue.shift());
    this.speaking = false;
  }

  async #say(call) {
    try {
      await this.play(call);
      this.onSpoken(sayingOf(call.epoch, call), call);
    } catch (error) {
      if (error.name === "NotAllowedError") {
        this.blocked = true;
        this.queue.unshift(call);
        this.onBlocked();
      } else {
        this.onFault(call, error);
      }
    }
  }

  /** A waiting call that is gone from the frame although older ones are still in it was taken back. */
  #forgetUndone(epoch, calls) {
    const oldest = Math.min(...calls.map((call) => call.said_seq));
    const stands = (waiting) =>
      waiting.trial ||
      (waiting.epoch === epoch &&
        calls.length > 0 &&
        (waiting.said_seq < oldest || calls.some((call) => call.id === waiting.id)));
    this.queue = this.queue.filter(stands);
  }

  #isYoung(call) {
    const age = this.now() - Date.parse(call.said_at);
    // After the server's clock was set back, old calls seem to lie ahead; a page just loaded cannot tell them from new ones.
    return age <= TOO_OLD && !(this.first && age < -TOO_OLD);
  }

  #know(saying) {
    this.known.add(saying);
    if (this.known.size > REMEMBERED) this.known.delete(this.known.values().next().value);
  }
}
