/** Script that somebody may store, and a page that notices when any of it runs. */

/** What a script does that runs: the browser reports it, in whichever frame it is. */
export const RAN = "console.error('STORED SCRIPT RAN')";
/** An address that only a script, or a page that takes text for markup, would ask for. */
export const LURE = "/stored-script-lure";

/** Texts that would run where a page, a sanitiser or a renderer of Markdown or formulas takes them for more than text. */
export const CORPUS = [
  `<script>${RAN}</script>`,
  `</script><script>${RAN}</script>`,
  `<img src=${LURE} onerror="${RAN}">`,
  `"><img src=x onerror=${RAN}>`,
  `'><svg onload=${RAN}>`,
  `<svg><script>${RAN}</script></svg>`,
  `<svg><animate onbegin=${RAN} attributeName=x dur=1s>`,
  `<svg><foreignObject><iframe srcdoc="<script>${RAN}</script>"></iframe></foreignObject></svg>`,
  `<math><mtext></form><form><mglyph><style></math><img src onerror=${RAN}>`,
  `<details open ontoggle=${RAN}>`,
  `<input autofocus onfocus=${RAN}>`,
  `<video><source onerror=${RAN}></video>`,
  `<iframe src="javascript:${RAN}"></iframe>`,
  `<iframe srcdoc="&lt;script&gt;${RAN}&lt;/script&gt;"></iframe>`,
  `<object data="data:text/html,<script>${RAN}</script>"></object>`,
  `<link rel=stylesheet href=${LURE}><base href=//evil.example/>`,
  `<meta http-equiv=refresh content="0;url=${LURE}">`,
  `<form action=${LURE}><button autofocus>x</button></form>`,
  `<style>@import '${LURE}';*{background:url(${LURE})}</style>`,
  `<a href="javascript:${RAN}" style="position:fixed;inset:0">x</a>`,
  `[x](javascript:${RAN})`,
  `[x](data:text/html;base64,PHNjcmlwdD4x)`,
  `![x](javascript:${RAN})`,
  `[x]: javascript:${RAN}`,
  `$\\href{javascript:${RAN}}{x}$`,
  `$\\htmlData{x=y}{z}$ $\\includegraphics{${LURE}}$ $\\url{javascript:${RAN}}$`,
  `{{constructor.constructor("${RAN}")()}} \${${RAN}} <%= ${RAN} %>`,
  `<!--><img src=x onerror=${RAN}>-->`,
  `<noscript><p title="</noscript><img src=x onerror=${RAN}>">`,
  `\u202e<script>${RAN}</script>\u202c \u0000 \ufeff<script>${RAN}</script>`.replace("\u0000", ""),
  `&lt;script&gt;${RAN}&lt;/script&gt; &#60;img src=x onerror=${RAN}&#62;`,
  `__proto__ <template shadowrootmode=open><script>${RAN}</script></template>`,
];

/** A page that remembers everything that it should not have done. @param {string} origin the only server that it may ask */
export async function watch(browser, origin, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const done = [];
  const note = (what) => done.push(`${page.url()}: ${what}`);
  page.on("console", (message) => {
    if (/STORED SCRIPT RAN|Content.Security.Policy|violates the following/i.test(message.text())) note(message.text());
  });
  page.on("dialog", (dialog) => { note(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("popup", (popup) => note(`a window: ${popup.url()}`));
  page.on("request", (request) => {
    if (/^(data|blob):/.test(request.url())) return;
    if (new URL(request.url()).origin !== origin) note(`asked ${request.url()}`);
  });
  // What a policy stops was never asked for; that it had to be stopped is told by the console.
  page.on("requestfinished", (request) => { if (request.url().includes(LURE)) note(`asked ${request.url()}`); });
  return { page, done, close: () => context.close() };
}
