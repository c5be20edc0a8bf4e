/** What administrators see and do. */
export { type AdminRoutesOptions, adminRoutes } from './admin-routes.ts';
export { Users, type UsersOptions } from './users.ts';
