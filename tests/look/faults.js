// What a person would be ashamed of on a page, found by geometry: `{ least, still, sight }` in, sentences out.
// least: px of the smallest target; still: public glass, which never scrolls; sight: what must be seen without turning.
({ least, still, sight }) => {
  const found = new Set();
  const root = document.querySelector("dialog[open]") ?? document.body;
  const page = document.documentElement;
  const glass = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const TARGETS = "button, a[href], input:not([type=hidden]), select, textarea, summary, [role=button]";
  const name = (each) => {
    const words = (each.getAttribute?.("aria-label") || each.placeholder || each.textContent || "").trim().replace(/\s+/g, " ");
    return `${each.tagName.toLowerCase()}.${String(each.className).split(" ")[0]} “${words.slice(0, 24)}”`;
  };
  const says = (kind, each, more = "") => found.add(`${kind}: ${name(each)}${more && ` ${more}`}`);
  const seen = (each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !each.closest(".visually-hidden, [inert], datalist, option");
  const em = (each) => parseFloat(getComputedStyle(each).fontSize);
  const upward = (each) => (each && each !== page ? [each, ...upward(each.parentElement)] : []);
  const meet = (one, other) => ({ left: Math.max(one.left, other.left), top: Math.max(one.top, other.top), right: Math.min(one.right, other.right), bottom: Math.min(one.bottom, other.bottom) });
  const area = (box) => Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top);
  const shortened = (style) => style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
  const painted = (style) => !/^(transparent|rgba\(.*, 0\))$/.test(style.backgroundColor) || (parseFloat(style.borderLeftWidth) > 0 && parseFloat(style.borderRightWidth) > 0);

  /** Texts with the boxes of their lines; words of controls that show no text of their own are measured apart. */
  const texts = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const owner = node.parentElement;
    if (!node.data.trim() || /^(SCRIPT|STYLE|OPTION|TEXTAREA)$/.test(owner.tagName) || !seen(owner)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()].filter((box) => box.width > 0.5 && box.height > 0.5);
    if (lines.length) texts.push({ node, owner, lines });
  }

  if (page.scrollWidth > innerWidth + 1) found.add(`sideways: the page is ${page.scrollWidth - innerWidth} px wider than its glass`);
  if (still && page.scrollHeight > innerHeight + 1) found.add(`fold: the page is ${page.scrollHeight - innerHeight} px higher than its glass`);
  if (!texts.length) found.add("wordless: nothing is said");

  /** What each text shows of itself, and whether something cuts it or it runs out of the box it is painted on. */
  for (const text of texts) {
    const { owner } = text;
    const slack = em(owner) * 0.35;
    let boxed = false;
    text.shown = text.lines;
    for (const each of upward(owner)) {
      const style = getComputedStyle(each);
      if (style.display === "contents" || (style.display === "inline" && !painted(style))) continue;
      const box = each.getBoundingClientRect();
      const out = (line) => Math.max(box.left - line.left, line.right - box.right) > 1.5 || Math.max(box.top - line.top, line.bottom - box.bottom) > slack;
      const turns = /(auto|scroll)/.test(style.overflowX + style.overflowY);
      const cuts = !turns && /(hidden|clip)/.test(style.overflowX + style.overflowY);
      const wordy = shortened(style) && (still || each.closest("[title]")); // nobody points at public glass
      const gone = text.shown.every((line) => area(meet(line, box)) < 1); // meant to be out of sight
      if (cuts && text.shown.some(out) && !wordy && !gone) says("cut", owner, `by ${name(each).split(" ")[0]}`);
      if (turns || cuts) text.shown = text.shown.map((line) => meet(line, box)).filter((line) => area(line) > 1);
      if (turns || (cuts && wordy)) boxed = true;
      if (!boxed && !cuts && painted(style)) {
        boxed = true;
        if (style.display !== "inline" && text.shown.some(out)) says("out of its box", owner, `on ${name(each).split(" ")[0]}`);
      }
      if (style.position === "fixed") break;
    }
  }

  /** A figure is never broken, and no button or heading leaves one sign alone on its last line. */
  for (const { owner, shown: lines, node } of texts) {
    const tops = new Set(lines.map((line) => Math.round(line.top)));
    if (tops.size < 2 || getComputedStyle(owner).writingMode.startsWith("vertical")) continue;
    if (owner.closest(".ticket-number, .window-number, .clock, .state, .tag, kbd")) says("broken", owner);
    const last = Math.max(...tops);
    const width = lines.filter((line) => Math.round(line.top) === last).reduce((sum, line) => sum + line.width, 0);
    if (owner.closest("button, .button, th, h1, h2, .tile__name") && width < em(owner) * 1.3 && node.data.trim().length < 16) says("widowed", owner);
  }

  /** Words in a field that are longer than the field. */
  const pen = document.createElement("canvas").getContext("2d");
  for (const each of root.querySelectorAll("input[placeholder], select")) {
    if (!seen(each) || each.value && each.tagName === "INPUT") continue;
    const style = getComputedStyle(each);
    pen.font = style.font;
    const words = each.tagName === "INPUT" ? each.placeholder : each.selectedOptions[0]?.text ?? "";
    const room = each.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (style.writingMode.startsWith("horizontal") && pen.measureText(words).width > room + 2 && !each.title) says("cut", each, "within its field");
  }

  /** Which layer lies over the page: what is fixed or sticks is meant to lie over what passes beneath. */
  const layer = (each) => upward(each).find((one) => /(fixed|sticky)/.test(getComputedStyle(one).position)) ?? root;
  const pieces = texts.flatMap(({ owner, shown }) => shown.map((box) => ({ owner, layer: layer(owner), box, slack: box.height * 0.2 })));
  for (const each of root.querySelectorAll(TARGETS)) {
    if (!seen(each) || getComputedStyle(each).display === "inline") continue;
    let box = each.getBoundingClientRect();
    for (const one of upward(each.parentElement)) {
      const style = getComputedStyle(one);
      if (/(auto|scroll|hidden|clip)/.test(style.overflowX + style.overflowY)) box = meet(box, one.getBoundingClientRect());
    }
    if (area(box) > 1) pieces.push({ owner: each, layer: layer(each), box, slack: 1 });
  }
  pieces.sort((one, other) => one.box.top - other.box.top);
  pieces.forEach((one, at) => {
    for (let next = at + 1; next < pieces.length && pieces[next].box.top < one.box.bottom; next += 1) {
      const other = pieces[next];
      if (one.layer !== other.layer || one.owner.contains(other.owner) || other.owner.contains(one.owner)) continue;
      if (one.owner.closest("label") && one.owner.closest("label") === other.owner.closest("label")) continue; // a sign within its field
      if (one.owner.closest(".button-group") && one.owner.closest(".button-group") === other.owner.closest(".button-group")) continue; // they share an edge
      const common = meet(one.box, other.box);
      const slack = Math.max(one.slack, other.slack);
      if (common.right - common.left > 2 && common.bottom - common.top > slack + 1) says("overlap", one.owner, `and ${name(other.owner)}`);
    }
  });

  /** Everything to press is as large as a finger or a mouse needs; a link within a sentence is as high as its line. */
  for (const each of root.querySelectorAll(TARGETS)) {
    const label = each.closest("label") ?? (each.id && root.querySelector(`label[for="${CSS.escape(each.id)}"]`));
    const held = /^(checkbox|radio)$/.test(each.type) && label ? label : each;
    const inline = each.tagName === "A" && getComputedStyle(each).display === "inline";
    if (inline || !seen(held)) continue;
    const box = held.getBoundingClientRect();
    if (box.height > 0 && Math.min(box.width, box.height) < least - 0.5) says("small", each, `${Math.round(box.width)}×${Math.round(box.height)}`);
  }

  for (const each of sight.flatMap((one) => [...root.querySelectorAll(one)])) {
    if (!seen(each)) continue;
    const box = each.getBoundingClientRect();
    const within = box.left >= -1 && box.top >= -1 && box.right <= glass.right + 1 && box.bottom <= glass.bottom + 1;
    if (!within) says("fold", each, "cannot be seen without turning");
  }
  if (root !== document.body) {
    const box = root.getBoundingClientRect();
    if (box.left < -1 || box.top < -1 || box.right > glass.right + 1 || box.bottom > glass.bottom + 1) says("fold", root, "is larger than the glass");
  }
  return [...found].sort();
}
