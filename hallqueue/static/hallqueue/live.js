// The client of /live: watches topics, shows whole frames, knows when it is stale, and comes back by itself.

const SILENT_AFTER = 12_000;
const STALE_AFTER = 15_000;
const DEVICES = ["kiosk", "board", "screen"]; // the surfaces of what is paired

/**
 * Look at topics. `onFrame(frame)` gets each newer frame once; `onFresh({fresh, since})` whenever freshness changes
 * (not before something was heard or has stayed out for 15 s); `offset` is the server's clock minus ours in ms, until a beat says it;
 * `heardAt` is when a page that was kept last heard the server, `onHeard(at)` whenever it is heard (ms of our clock);
 * `onRefused(message)` when the server refuses a topic; `onNew()` when it has a newer page: nothing is heard until it is loaded. Returns {now(), close(), watch(topic)}.
 */
export function look(topics, { build, offset = 0, heardAt = Date.now(), onFrame, onFresh = () => {}, onHeard = () => {}, onRefused = () => {}, onNew = () => location.reload() }) {
  const link = { topics: new Set(topics), heads: new Map(), tries: 0, heardAt, offset, fresh: null };

  const note = () => {
    const fresh = Date.now() - link.heardAt < STALE_AFTER;
    if (fresh && !link.heard) return;
    if (fresh !== link.fresh) onFresh({ fresh: (link.fresh = fresh), since: link.heardAt });
  };

  const connect = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = (link.socket = new WebSocket(`${scheme}://${location.host}/live`));
    const begunAt = Date.now();
    const alive = setInterval(() => {
      if (Date.now() - Math.max(link.heardAt, begunAt) > SILENT_AFTER) socket.close();
    }, 1000);
    socket.onopen = () => send({ type: "watch", topics: [...link.topics], build });
    socket.onmessage = (event) => take(JSON.parse(event.data));
    socket.onclose = (event) => {
      clearInterval(alive);
      if (socket === link.socket && !link.closed) closed(event.code);
    };
  };

  const send = (message) => {
    if (link.socket.readyState === WebSocket.OPEN) link.socket.send(JSON.stringify(message));
  };

  const take = (message) => {
    link.heardAt = Date.now();
    link.heard = true;
    link.tries = 0;
    if (message.type === "frame") show(message);
    else if (message.type === "beat") beat(message);
    else if (message.type === "refused") onRefused(message);
    if (message.type !== "refused") onHeard(link.heardAt);
    note();
  };

  const show = (frame) => {
    const head = link.heads.get(frame.topic);
    const older = head && head.epoch === frame.epoch && head.seq >= frame.seq;
    if (!older) {
      link.heads.set(frame.topic, { epoch: frame.epoch, seq: frame.seq });
      onFrame(frame);
    }
    send({ type: "ack", topic: frame.topic, seq: frame.seq });
    link.spoke = true;
  };

  const beat = (message) => {
    link.offset = message.now * 1000 - Date.now();
    // Whoever has said nothing since the last beat says so now: the server takes silence for a pulled cable.
    if (!link.spoke) send({ type: "here" });
    link.spoke = false;
    for (const topic of link.topics) {
      const [epoch, seq] = message.heads[topic.split(":")[1]] ?? [];
      const head = link.heads.get(topic);
      const behind = epoch && (!head || head.epoch !== epoch || head.seq < seq);
      // One beat of grace: the frame may be under way.
      if (behind && link.behind === `${topic}${seq}`) send({ type: "ask", topic });
      link.behind = behind ? `${topic}${seq}` : link.behind;
    }
  };

  const closed = (code) => {
    if (code === 4426) return onNew();
    if (code === 4401) return turnedAway("signed-out"), link.leaving || toTheDoor(topics[0]);
    if (code === 4403) return turnedAway("not-allowed");
    const wait = Math.min(8000, 300 * 2 ** link.tries++) * (0.5 + Math.random());
    link.timer = setTimeout(connect, wait);
  };

  const turnedAway = (why) => {
    clearInterval(noting);
    onFresh({ fresh: false, since: link.heardAt, why });
  };

  // A form that leaves the page, such as signing out, goes where its answer says, not where the closing socket would.
  addEventListener("submit", (event) => (link.leaving ||= !event.defaultPrevented));
  const noting = setInterval(note, 1000);
  connect();
  return {
    now: () => Date.now() + link.offset,
    watch: (topic) => {
      link.topics.add(topic);
      send({ type: "watch", topics: [topic], build });
    },
    close: () => {
      link.closed = true;
      clearInterval(noting);
      clearTimeout(link.timer);
      link.socket.close();
    },
  };
}

/** Who lost the right goes where it is given back: a device to the pairing page, a person to the sign-in. */
function toTheDoor(topic) {
  const isDevice = DEVICES.includes(document.documentElement.dataset.surface);
  const back = encodeURIComponent(location.pathname + location.search);
  location.assign(isDevice ? `/${topic.split(":")[1]}/pair/` : `/sign-in/?next=${back}`);
}
