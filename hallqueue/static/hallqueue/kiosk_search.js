// Finds services by name, by what people call them, by pinyin and initials of both: the better a service begins with what was typed, the earlier it stands.

/** The services that fit what was typed, best first; all words must fit. */
export function find(services, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const found = [];
  for (const [order, service] of services.entries()) {
    const ranks = words.map((each) => rank(service, each));
    if (ranks.every((each) => each < MISS)) found.push({ service, order, rank: Math.max(...ranks) });
  }
  found.sort((a, b) => a.rank - b.rank || a.order - b.order);
  return found.map((each) => each.service);
}

const MISS = 9;

function rank({ names, called, initials, pinyin }, typed) {
  const [own, foreign] = [`${names.zh}、${called}`.toLowerCase(), `${names.en.toLowerCase()} ${names.mn}`];
  if ([own, initials, pinyin].some((each) => each.split(/[、 ]/).some((one) => one.startsWith(typed)))) return 0;
  if (own.includes(typed)) return 1;
  if (initials.includes(typed)) return 2;
  if (typed.length < 2) return MISS;
  if (foreign.includes(typed)) return 3;
  return pinyin.includes(typed) ? 4 : MISS;
}
