// What is wrong with how a page lies on its glass: a list of sentences, empty where nothing is.
() => {
  const SLACK = 1.5;
  const FINGER = 24;
  const wrong = new Set();
  const styles = new Map();
  const style = (each) => styles.get(each) ?? styles.set(each, getComputedStyle(each)).get(each);
  const name = (each) => {
    const place = each.id ? `#${each.id}` : [...each.classList].map((word) => `.${word}`).join("");
    const said = (each.innerText ?? each.value ?? "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `${each.localName}${place} “${said}”`;
  };
  const seen = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !each.closest(".visually-hidden, .skip-link, .mn, svg, option, [aria-hidden=true]");

  const clips = new Map();
  const clipped = (box, clip) => ({
    left: Math.max(box.left, clip.left), right: Math.min(box.right, clip.right),
    top: Math.max(box.top, clip.top), bottom: Math.min(box.bottom, clip.bottom),
  });
  const ALL = { left: -Infinity, right: Infinity, top: -Infinity, bottom: Infinity };
  // What of the glass is left to what stands in an element, by those around it that scroll or cut.
  const clip = (each) => {
    if (!each || each === document.body || each === document.documentElement) return ALL;
    if (!clips.has(each)) {
      const around = clip(each.parentElement);
      const open = style(each).overflow === "visible" || style(each).display === "inline";
      clips.set(each, open ? around : clipped(around, each.getBoundingClientRect()));
    }
    return clips.get(each);
  };
  const floats = new Map();
  // Whether it stands above the page, or moves over it: there it may lie over others.
  const floating = (each) => {
    if (!each || each === document.body) return false;
    if (!floats.has(each)) {
      floats.set(each, style(each).position === "absolute" || style(each).position === "fixed"
        || style(each).position === "sticky" || floating(each.parentElement));
    }
    return floats.get(each);
  };

  // A text stays in the boxes around it; where it is cut on purpose the whole is in a title.
  const stays = (text, boxes) => {
    const size = parseFloat(style(text).fontSize);
    const [left, right] = [Math.min(...boxes.map((box) => box.left)), Math.max(...boxes.map((box) => box.right))];
    const [top, bottom] = [Math.min(...boxes.map((box) => box.top)), Math.max(...boxes.map((box) => box.bottom))];
    for (let each = text; each && each !== document.body; each = each.parentElement) {
      const { display, overflowX, overflowY, position, textOverflow, webkitLineClamp } = style(each);
      if (display === "inline" || display === "contents") continue;
      const box = each.getBoundingClientRect();
      const beside = left < box.left - SLACK || right > box.right + SLACK;
      const below = top < box.top - size * 0.4 || bottom > box.bottom + size * 0.4;
      const scrolls = [overflowX, overflowY].some((way) => way === "auto" || way === "scroll");
      if (scrolls) return;
      if (overflowX === "hidden" || overflowX === "clip") {
        const whole = { left, right, top, bottom };
        const shown = clipped(whole, box);
        if (shown.right <= shown.left || shown.bottom <= shown.top) return; // not cut: what has no room is not shown
        const shortened = textOverflow === "ellipsis" || webkitLineClamp !== "none";
        if (!beside && !below) continue;
        if (!shortened) wrong.add(`cut: ${name(text)} by ${name(each)}`);
        else if (!each.closest("[title]") && !each.querySelector("[title]")) {
          wrong.add(`cut without the whole in a title: ${name(each)}`);
        }
        return;
      }
      if (beside) return void wrong.add(`runs out of its box: ${name(text)} of ${name(each)}`);
      if (below && each.matches("button, .button, .tag, .state, .input, td, th, .tile, .card")) {
        return void wrong.add(`runs out of its box: ${name(text)} of ${name(each)}`);
      }
      if (position === "absolute" || position === "fixed") return;
    }
  };

  const things = [];
  const keep = (each, boxes, within) => {
    if (floating(each)) return;
    for (const whole of boxes) {
      const box = clipped(whole, clip(within));
      if (box.right - box.left > 2 && box.bottom - box.top > 2) things.push({ each, ...box });
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const held = text.parentElement;
    if (!text.data.trim() || ["SCRIPT", "STYLE", "OPTION", "TEXTAREA"].includes(held.tagName) || !seen(held)) continue;
    range.selectNodeContents(text);
    const lines = [...range.getClientRects()].filter((box) => box.width > 0);
    if (!lines.length) continue;
    stays(held, lines);
    // The letters themselves: a line's box is higher than they are.
    const size = parseFloat(style(held).fontSize);
    keep(held, lines.map(({ left, right, top, bottom }) => {
      const middle = (top + bottom) / 2;
      const half = Math.min((bottom - top) / 2, size / 2);
      return { left, right, top: middle - half, bottom: middle + half };
    }), held);
  }

  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const controls = [...document.querySelectorAll(CONTROLS)].filter(seen);
  for (const each of controls) {
    const inline = style(each).display === "inline";
    keep(each, inline ? [...each.getClientRects()] : [each.getBoundingClientRect()], each.parentElement);
    const target = each.matches("input") ? each.closest("label") ?? each : each;
    const { width, height } = target.getBoundingClientRect();
    const sentence = inline && each.localName === "a";
    if (!sentence && width && height && (width < FINGER - 0.5 || height < FINGER - 0.5)) {
      wrong.add(`too small to meet, ${Math.round(width)} × ${Math.round(height)}: ${name(each)}`);
    }
  }

  things.sort((one, other) => one.top - other.top);
  const related = (one, other) => one === other || one.contains(other) || other.contains(one);
  things.forEach((one, at) => {
    for (let next = at + 1; next < things.length && things[next].top < one.bottom - 2; next += 1) {
      const other = things[next];
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - other.top;
      if (wide > 2 && high > 2 && !related(one.each, other.each)) {
        wrong.add(`lie over each other: ${name(one.each)} and ${name(other.each)}`);
      }
    }
  });

  const page = document.documentElement;
  if (page.scrollWidth > innerWidth) {
    const widest = [...document.body.querySelectorAll("*")]
      .filter((each) => seen(each) && clip(each.parentElement) === ALL && each.getBoundingClientRect().right > innerWidth + 1);
    wrong.add(`wider than the glass by ${page.scrollWidth - innerWidth}: ${widest.slice(-1).map(name)}`);
  }
  const heads = [...document.querySelectorAll("h1")].filter((each) => each.checkVisibility());
  const glass = ["kiosk", "board", "screen"].includes(page.dataset.surface);
  if (heads.length !== 1 && !glass) wrong.add(`${heads.length} headings of the first rank`);
  if (!document.title.trim()) wrong.add("no title");
  for (const choice of document.querySelectorAll("select")) {
    if (seen(choice) && !choice.options.length) wrong.add(`nothing to choose from: ${name(choice)}#${choice.name}`);
  }
  for (const table of document.querySelectorAll("table")) {
    const silent = table.tBodies.length && !table.querySelector("tbody tr") && !table.parentElement.innerText.trim();
    if (silent && seen(table)) wrong.add(`an empty table without a word: ${name(table)}`);
  }
  return [...wrong];
}
