/** What an account may do everywhere. */
export const ACCOUNT_ROLES = ['listener', 'owner', 'admin'] as const;

/** Role of an account; whoever makes a station becomes an owner. */
export type AccountRole = (typeof ACCOUNT_ROLES)[number];

/** What an account may be on one station beside its owner. */
export const STATION_ROLES = ['member', 'moderator'] as const;

/** Role of an account on one station: members may listen to a private station and chat where only members may. */
export type StationRole = (typeof STATION_ROLES)[number];

/** Who may chat on a station. */
export const CHAT_MODES = ['everyone', 'accounts', 'members', 'off'] as const;

/** Who may chat on a station: guests too, whoever is signed in, members only, or nobody. */
export type ChatMode = (typeof CHAT_MODES)[number];

/** What an account id looks like. */
export const ACCOUNT_ID_PATTERN = /^a[a-z0-9]{16}$/;

/** What a guest's id looks like. */
export const GUEST_ID_PATTERN = /^g[a-z0-9]{16}$/;

/** Most characters of a shown name. */
export const MAX_NAME_LENGTH = 40;

/** An account as others see it. */
export type PublicAccount = { id: string; name: string };

/** An account as its own person sees it. */
export type OwnAccount = PublicAccount & { email: string; role: AccountRole; createdAt: number };
