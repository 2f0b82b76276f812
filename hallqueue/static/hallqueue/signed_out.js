// Nobody is signed in: this browser keeps no page of anybody's walkthroughs. What waits to be sent stays, for its owner.

globalThis.caches?.delete("walkthroughs");
