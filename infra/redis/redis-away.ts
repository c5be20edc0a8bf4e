/** Whether something was thrown because Redis did not answer, so that the same may be tried again soon. */
export function isRedisAway(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return (
    thrown.name === 'MaxRetriesPerRequestError' ||
    /^(Connection is closed|Stream isn't writeable|Command timed out|LOADING |CLUSTERDOWN|MASTERDOWN|TRYAGAIN|READONLY|Too many Cluster redirections|None of startup nodes|Failed to refresh slots cache|All sentinels are unreachable)/.test(
      thrown.message,
    )
  );
}
