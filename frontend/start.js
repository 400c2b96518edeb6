// Loads the browser's code once the page is there and the browser is idle. Until then, and if anything here
// fails, the page works as plain HTML.
const { js, wasm, words } = document.getElementById("start").dataset;

async function wake() {
  // Without the end mark the page was cut off on its way and does not match its code.
  if (!document.getElementById("end")) return;
  const [module, table] = await Promise.all([
    import(js),
    fetch(words).then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status))),
    fetch(wasm, { priority: "low" }),
  ]);
  await module.default({ module_or_path: wasm });
  await module.wake(table);
}

const soon = window.requestIdleCallback ?? ((task) => setTimeout(task, 1));
if (document.readyState === "complete") soon(wake);
else addEventListener("load", () => soon(wake), { once: true });
