// What was tapped and is not sent yet: kept in the phone's own database, sent in order, each thing once.

const DATABASE = "hallqueue-outbox";
const AGAIN_AFTER = 3000;

/**
 * Waiting things of one purpose; `send(item)` posts one: it throws `Refusal` for a no of the hall, anything else is a lost link.
 * `onLater(error)` hears why something stays, to be sent again.
 */
export class Outbox {
  constructor(purpose, { send, isFinal, onChange, onRefused, onLater = () => {} }) {
    Object.assign(this, { purpose, send, isFinal, onChange, onRefused, onLater, busy: false, timer: 0 });
    addEventListener("online", () => void this.flush());
    document.addEventListener("visibilitychange", () => document.hidden || void this.flush());
  }

  /** Keep `item` (plain values and bytes), then try to send. Resolves when it is kept. */
  async add(item) {
    await this.#act("readwrite", (store) => store.add({ ...item, purpose: this.purpose }));
    await this.#tell();
    void this.flush();
  }

  /** Everything that waits, oldest first. */
  async waiting() {
    const all = await this.#act("readonly", (store) => store.getAll());
    return all.filter((each) => each.purpose === this.purpose);
  }

  /** Send what waits, one after the other; the first that finds no link leaves the rest in its place. */
  async flush() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      for (let [item] = await this.waiting(); item; [item] = await this.waiting()) {
        if (!(await this.#sent(item))) {
          this.timer = setTimeout(() => void this.flush(), AGAIN_AFTER);
          break;
        }
      }
    } finally {
      this.busy = false;
      await this.#tell();
    }
  }

  async #sent(item) {
    try {
      await this.send(item);
    } catch (error) {
      if (!this.isFinal(error)) return this.onLater(error), false;
      this.onRefused(error, item);
    }
    await this.#act("readwrite", (store) => store.delete(item.id));
    await this.#tell();
    return true;
  }

  async #tell() {
    this.onChange(await this.waiting());
  }

  async #act(mode, work) {
    this.open ??= opened();
    const transaction = (await this.open).transaction("items", mode, { durability: "strict" });
    const request = work(transaction.objectStore("items"));
    return new Promise((go, fail) => {
      transaction.oncomplete = () => go(request.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  }
}

/** The purposes for which something waits. */
export async function purposes() {
  const request = (await opened()).transaction("items").objectStore("items").getAll();
  const all = await new Promise((go, fail) => Object.assign(request, { onsuccess: () => go(request.result), onerror: fail }));
  return new Set(all.map((each) => each.purpose));
}

function opened() {
  return new Promise((go, fail) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("items", { keyPath: "id", autoIncrement: true });
    request.onsuccess = () => go(request.result);
    request.onerror = () => fail(request.error);
  });
}
