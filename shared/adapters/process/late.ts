/**
 * An object that is made when something of it is first used. What a process never uses is then not even loaded. When
 * it cannot be made, that use throws, and the next one tries again. A copy of its own properties (`{ ...object }`)
 * has those of the object that is made.
 */
export function late<T extends object>(make: () => T): T {
  let object: T | null = null;
  const made = (): T => {
    object ??= make();
    return object;
  };
  return new Proxy({} as T, {
    get: (_, name) => {
      const value: unknown = Reflect.get(made(), name);
      return typeof value === 'function' ? value.bind(made()) : value;
    },
    has: (_, name) => Reflect.has(made(), name),
    ownKeys: () => Reflect.ownKeys(made()),
    getOwnPropertyDescriptor: (_, name) => {
      const own = Reflect.getOwnPropertyDescriptor(made(), name);
      // A proxy may only tell of such properties as could still be changed.
      return own === undefined ? undefined : { ...own, configurable: true };
    },
  });
}
