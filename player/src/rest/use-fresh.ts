import { useEffect } from 'preact/hooks';

/**
 * Loads something when a component begins to show it, and anew when the browser is online again. Give it a list that is
 * kept with `useMemo`: another one is loaded at once.
 */
export function useFresh(list: { refresh: () => Promise<void> }): void {
  useEffect(() => {
    const refresh = () => void list.refresh();
    refresh();
    window.addEventListener('online', refresh);
    return () => window.removeEventListener('online', refresh);
  }, [list]);
}
