/** @returns whether the promise resolved or rejected within `ms` */
export async function endedWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const ended = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws Error when the promise does not end within `ms`; its later result is dropped */
export async function within<R>(promise: Promise<R>, ms: number): Promise<R> {
  if (await endedWithin(promise, ms)) return promise;
  throw new Error(`no answer within ${ms} ms`);
}
