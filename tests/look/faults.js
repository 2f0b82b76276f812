// What a person would be ashamed of on a page, found by geometry: `{ least, still, sight }` in, sentences out, each of
// which begins with its kind. least: px of the smallest target; still: public glass, which never scrolls; sight: what
// must be seen without turning. Begins when the page has been drawn as it stands.
async ({ least, still, sight }) => {
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  const found = new Set();
  const root = document.querySelector("dialog[open]") ?? document.body;
  const page = document.documentElement;
  const glass = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const TARGETS = "button, a[href], input:not([type=hidden]), select, textarea, summary, [role=button]";
  const HIGH = "button, .button, .tag, .state, .input, td, th, .tile, .card"; // what grows with its words
  const name = (each) => {
    const words = (each.getAttribute?.("aria-label") || each.placeholder || each.textContent || "").trim().replace(/\s+/g, " ");
    const place = each.id ? `#${each.id}` : [...each.classList].map((word) => `.${word}`).join("");
    return `${each.localName}${place} “${words.slice(0, 24)}”`;
  };
  const says = (kind, each, more = "") => found.add(`${kind}: ${name(each)}${more && ` ${more}`}`);
  const kept = (make) => {
    const known = new Map();
    return (each) => known.get(each) ?? known.set(each, make(each)).get(each);
  };
  const meet = (one, other) => ({ left: Math.max(one.left, other.left), top: Math.max(one.top, other.top), right: Math.min(one.right, other.right), bottom: Math.min(one.bottom, other.bottom) });
  const area = (box) => Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top);
  const seen = kept((each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !each.closest(".visually-hidden, [inert], datalist, option"));

  /** What each element is to the words in it, read once. */
  const about = kept((each) => {
    const style = getComputedStyle(each);
    const { display, position } = style;
    const overflow = style.overflowX + style.overflowY;
    const turns = /(auto|scroll)/.test(overflow);
    const faced = !/^(transparent|rgba\(.*, 0\))$/.test(style.backgroundColor);
    const painted = faced || (parseFloat(style.borderLeftWidth) > 0 && parseFloat(style.borderRightWidth) > 0);
    return {
      box: each.getBoundingClientRect(),
      em: parseFloat(style.fontSize),
      inline: display === "inline",
      passes: display === "contents" || (display === "inline" && !painted),
      lifted: /(fixed|absolute)/.test(position),
      fixed: position === "fixed",
      layered: /(fixed|sticky)/.test(position),
      turns,
      cuts: !turns && /(hidden|clip)/.test(overflow),
      painted,
      // nobody points at public glass, where no title is read
      shortened: (style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none") && Boolean(still || each.closest("[title]")),
      high: each.matches(HIGH),
      upright: style.writingMode.startsWith("vertical"),
    };
  });
  const upward = kept((each) => (each && each !== page ? [each, ...upward(each.parentElement)] : []));

  /** Texts with the boxes of their lines; words of controls that show no text of their own are measured apart. */
  const texts = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const owner = node.parentElement;
    if (!node.data.trim() || /^(SCRIPT|STYLE|OPTION|TEXTAREA)$/.test(owner.tagName) || !seen(owner)) continue;
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()].filter((box) => box.width > 0.5 && box.height > 0.5);
    if (lines.length) texts.push({ node, owner, lines });
  }

  if (page.scrollWidth > innerWidth) {
    const last = [...document.body.querySelectorAll("*")].filter((each) => seen(each) && about(each).box.right > innerWidth && !upward(each.parentElement).some((one) => about(one).turns || about(one).cuts)).at(-1);
    found.add(`sideways: the page is ${page.scrollWidth - innerWidth} px wider than its glass, with ${last ? name(last) : "what is not seen"}`);
  }
  if (still && page.scrollHeight > innerHeight + 1) found.add(`fold: the page is ${page.scrollHeight - innerHeight} px higher than its glass`);
  if (!texts.length) found.add("wordless: nothing is said");

  /** What each text shows of itself, and whether something cuts it or it runs out of a box around it: to no side out of
      any, upwards and downwards not out of one that is painted or grows with its words. */
  for (const text of texts) {
    const { owner } = text;
    const slack = about(owner).em * 0.35;
    const foreign = owner.closest(".mn"); // columns lie beside their box as lines lie above and below theirs
    let [faced, boxed] = [false, false];
    text.shown = text.lines;
    for (const each of upward(owner)) {
      const { box, passes, inline, turns, cuts, shortened, painted, high, lifted, fixed } = about(each);
      if (passes) continue;
      const beside = (line) => Math.max(box.left - line.left, line.right - box.right) > 1.5;
      const out = (line) => beside(line) || Math.max(box.top - line.top, line.bottom - box.bottom) > slack;
      const gone = cuts && text.shown.every((line) => area(meet(line, box)) < 1); // meant to be out of sight
      const isCut = cuts && !gone && text.shown.some(out);
      if (isCut && !shortened) says("cut", owner, `by ${name(each)}`);
      if (turns || cuts) text.shown = text.shown.map((line) => meet(line, box)).filter((line) => area(line) > 1);
      if (turns || gone || isCut) boxed = true;
      if (turns || (cuts && shortened)) faced = true;
      const framed = painted && !cuts && !faced;
      if (!inline && ((framed && text.shown.some(out)) || (!boxed && !foreign && text.shown.some(high ? out : beside)))) {
        says("out of its box", owner, `on ${name(each)}`);
        boxed = true;
      }
      faced ||= framed;
      boxed ||= lifted;
      if (fixed) break;
    }
  }

  /** A figure is never broken, and no button or heading leaves one sign alone on its last line. */
  for (const { owner, shown: lines, node } of texts) {
    const tops = new Set(lines.map((line) => Math.round(line.top)));
    if (tops.size < 2 || about(owner).upright) continue;
    if (owner.closest(".ticket-number, .window-number, .clock, .state, .tag, kbd")) says("broken", owner);
    const last = Math.max(...tops);
    const width = lines.filter((line) => Math.round(line.top) === last).reduce((sum, line) => sum + line.right - line.left, 0);
    if (owner.closest("button, .button, th, h1, h2, .tile__name") && width < about(owner).em * 1.3 && node.data.trim().length < 16) says("widowed", owner);
  }

  /** Words in a field that are longer than the field. */
  const pen = document.createElement("canvas").getContext("2d");
  for (const each of root.querySelectorAll("input[placeholder], select")) {
    if (!seen(each) || (each.value && each.tagName === "INPUT")) continue;
    const style = getComputedStyle(each);
    pen.font = style.font;
    const words = each.tagName === "INPUT" ? each.placeholder : each.selectedOptions[0]?.text ?? "";
    const room = each.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (!about(each).upright && pen.measureText(words).width > room + 2 && !each.title) says("cut", each, "within its field");
  }

  /** Which layer lies over the page: what is fixed or sticks is meant to lie over what passes beneath. */
  const layer = kept((each) => upward(each).find((one) => about(one).layered) ?? root);
  const lifted = kept((each) => upward(each).some((one) => about(one).lifted));
  const pieces = [];
  /** The letters themselves: the box of a line is higher than they are. */
  const letters = (box, { em, upright }) => {
    const [from, to] = upright ? ["left", "right"] : ["top", "bottom"];
    const [middle, half] = [(box[from] + box[to]) / 2, Math.min(box[to] - box[from], em) / 2];
    return { left: box.left, right: box.right, top: box.top, bottom: box.bottom, [from]: middle - half, [to]: middle + half };
  };
  for (const { owner, shown } of texts) {
    for (const box of shown) pieces.push({ owner, layer: layer(owner), box, letters: letters(box, about(owner)), slack: (box.bottom - box.top) * 0.2 });
  }
  for (const each of root.querySelectorAll(TARGETS)) {
    if (!seen(each)) continue;
    const inline = about(each).inline;
    for (let box of inline ? each.getClientRects() : [about(each).box]) {
      for (const one of upward(each.parentElement)) {
        if (about(one).turns || about(one).cuts) box = meet(box, about(one).box);
      }
      if (area(box) > 1) pieces.push({ owner: each, layer: layer(each), box, letters: box, slack: inline ? Infinity : 1 });
    }
  }
  pieces.sort((one, other) => one.box.top - other.box.top);
  const within = (one, other, held) => one.owner.closest(held) && one.owner.closest(held) === other.owner.closest(held);
  const over = (one, other, high, wide = 2) => {
    const common = meet(one, other);
    return common.right - common.left > wide && common.bottom - common.top > high;
  };
  pieces.forEach((one, at) => {
    for (let next = at + 1; next < pieces.length && pieces[next].box.top < one.box.bottom; next += 1) {
      const other = pieces[next];
      if (one.layer !== other.layer || !over(one.box, other.box, 2)) continue;
      if (one.owner.contains(other.owner) || other.owner.contains(one.owner)) continue;
      if (within(one, other, ".button-group") && !over(one.box, other.box, 6, 6)) continue; // they share an edge
      if (within(one, other, ".door") && [one, other].some((each) => each.owner.matches("select"))) continue; // laid on its plate
      if (within(one, other, "label") && (lifted(one.owner) || lifted(other.owner))) continue; // a sign within its field
      if (over(one.letters, other.letters, 2) || over(one.box, other.box, Math.max(one.slack, other.slack) + 1)) says("overlap", one.owner, `and ${name(other.owner)}`);
    }
  });

  /** Everything to press is as large as a finger or a mouse needs; a link within a sentence is as high as its line. */
  for (const each of root.querySelectorAll(TARGETS)) {
    const label = each.closest("label") ?? (each.id && root.querySelector(`label[for="${CSS.escape(each.id)}"]`));
    const held = /^(checkbox|radio)$/.test(each.type) && label ? label : each;
    if ((each.tagName === "A" && about(each).inline) || !seen(held)) continue;
    const { width, height } = about(held).box;
    if (height > 0 && Math.min(width, height) < least - 0.5) says("small", each, `${Math.round(width)}×${Math.round(height)}`);
  }

  for (const each of sight.flatMap((one) => [...root.querySelectorAll(one)])) {
    if (!seen(each)) continue;
    const { box } = about(each);
    const whole = box.left >= -1 && box.top >= -1 && box.right <= glass.right + 1 && box.bottom <= glass.bottom + 1;
    if (!whole) says("fold", each, "cannot be seen without turning");
  }
  if (root !== document.body) {
    const { box } = about(root);
    if (box.left < -1 || box.top < -1 || box.right > glass.right + 1 || box.bottom > glass.bottom + 1) says("fold", root, "is larger than the glass");
  }

  /** What a page says of itself, and what it asks with nothing to answer. */
  const heads = [...document.querySelectorAll("h1")].filter((each) => each.checkVisibility());
  if (heads.length !== 1 && !/^(kiosk|board|screen)$/.test(page.dataset.surface)) found.add(`headings: ${heads.length} of the first rank`);
  if (!document.title.trim()) found.add("untitled: the page has no title");
  for (const each of document.querySelectorAll("select")) {
    if (seen(each) && !each.options.length) says("choiceless", each, each.name);
  }
  for (const each of document.querySelectorAll("table")) {
    const silent = each.tBodies.length && !each.querySelector("tbody tr") && !each.parentElement.innerText.trim();
    if (silent && seen(each)) says("empty table", each);
  }
  return [...found].sort();
}
