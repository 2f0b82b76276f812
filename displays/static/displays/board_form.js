// The live preview of a board's choices: the board's own page in a frame of the glass's size, and from how far it is read.

const PAUSE = 400;

const form = document.getElementById("choices");
const frame = document.getElementById("preview");
const stage = document.getElementById("stage");
const crowd = document.getElementById("crowd");
const reach = document.getElementById("reach");

let waiting = 0;

function choices() {
  const found = new URLSearchParams(new FormData(form));
  for (const name of ["csrfmiddlewaretoken", "key"]) found.delete(name);
  found.set("crowd", crowd.value);
  return found;
}

async function show() {
  const wish = choices();
  fit();
  frame.src = `${frame.dataset.from}?${wish}`;
  const answer = await fetch(`${frame.dataset.reach}?${wish}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { sentence, reached } = await answer.json();
  reach.hidden = false;
  reach.className = reached ? "note" : "note note--special";
  reach.lastElementChild.textContent = sentence;
}

/** The frame has the glass's own pixels, and is drawn as large as there is room. */
function fit() {
  const [width, height] = form.elements.glass.value.split("x").map(Number);
  const scale = Math.min(stage.clientWidth / width, (innerHeight * 0.8) / height);
  frame.style.setProperty("inline-size", `${width}px`);
  frame.style.setProperty("block-size", `${height}px`);
  frame.style.setProperty("transform", `scale(${scale})`);
  stage.style.setProperty("block-size", `${height * scale}px`);
}

const soon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, PAUSE);
};
form.addEventListener("input", soon);
crowd.addEventListener("change", soon);
addEventListener("resize", fit);
show();
