import { useEffect, useState } from 'preact/hooks';

/**
 * @template T
 * @typedef {{ get(): T, set(next: T): void, subscribe(listener: (value: T) => void): () => void }} Store
 */

/**
 * A value that several components show.
 * @template T
 * @param {T} initial
 * @returns {Store<T>}
 */
export function createStore(initial) {
  let value = initial;
  const listeners = /** @type {Set<(value: T) => void>} */ (new Set());
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const listener of listeners) listener(next);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/**
 * The value, and a new rendering whenever it changes.
 * @template T
 * @param {Store<T>} store
 * @returns {T}
 */
export function useStore(store) {
  const [, show] = useState(store.get());
  useEffect(() => {
    const update = (/** @type {T} */ value) => show(() => value);
    update(store.get());
    return store.subscribe(update);
  }, [store]);
  return store.get();
}
