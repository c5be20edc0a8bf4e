/** Idle or not, it is done within so long after the page has loaded, in ms. */
const AT_LATEST_MS = 4000;

/** Does something when the page has loaded and has nothing else to do; never for who asked the browser to save data. */
export function whenIdle(act: () => void): void {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
  if (connection?.saveData === true) return;
  const wait = () => {
    if ('requestIdleCallback' in window) requestIdleCallback(act, { timeout: AT_LATEST_MS });
    else setTimeout(act, AT_LATEST_MS / 2);
  };
  if (document.readyState === 'complete') wait();
  else addEventListener('load', wait, { once: true });
}
