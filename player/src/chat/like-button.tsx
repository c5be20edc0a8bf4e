import { useSignal } from '@preact/signals';
import { Icon } from '../ui/index.ts';
import type { LikeModel } from './like-model.ts';
import { t } from './words.ts';

/** A heart with its count; pressing counts at once and may be repeated. */
export function LikeButton({ model }: { model: LikeModel }) {
  const beats = useSignal(0);
  const count = model.count.value;
  const press = () => {
    if (model.like()) beats.value++;
  };
  return (
    <button type="button" class="like" aria-label={t('like.count', { count })} title={t('like')} onClick={press}>
      <span class={beats.value === 0 ? 'like-heart' : 'like-heart like-heart--beats'} key={beats.value}>
        <Icon name="heart" />
      </span>
      {count > 0 && <span class="like-count">{counts.format(count)}</span>}
    </button>
  );
}

const counts = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
