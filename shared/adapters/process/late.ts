/**
 * An object that is made when something of it is first used. What a process never uses is then not even loaded. When
 * it cannot be made, that use throws, and the next one tries again.
 */
export function late<T extends object>(make: () => T): T {
  let made: T | null = null;
  return new Proxy({} as T, {
    get: (_, name) => {
      made ??= make();
      const value: unknown = Reflect.get(made, name);
      return typeof value === 'function' ? value.bind(made) : value;
    },
  });
}
