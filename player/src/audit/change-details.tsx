import type { AuditEntry } from '@awaz/infra/contract';
import { translator } from '../i18n/index.ts';

const t = translator({ details: 'Details' });

/** What something was done to, and what it was before and after; folded, for those who want to know exactly. */
export function ChangeDetails({ entry: { target, before, after } }: { entry: AuditEntry }) {
  if (before === undefined && after === undefined) return <>{target ?? ''}</>;
  return (
    <details>
      <summary>{target ?? t('details')}</summary>
      <pre class="audit-change" dir="ltr">
        {before !== undefined && `− ${JSON.stringify(before)}\n`}
        {after !== undefined && `+ ${JSON.stringify(after)}`}
      </pre>
    </details>
  );
}
