import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { softhsmFiles } from './token-programs.ts'

/** Functions of PKCS #11 that a token may lack, at their places in CK_FUNCTION_LIST. */
const places = { C_CopyObject: 21, C_SetAttributeValue: 25 } as const
export type Forbidden = keyof typeof places

/** CKR_FUNCTION_NOT_SUPPORTED, as a token answers that does not do it. */
const notSupported = 0x54

/**
 * A PKCS#11 library that is SoftHSM2 but for functions that it refuses: tokens lack them in the field, and SoftHSM2 has
 * them all.
 *
 * A library can only be written in a language that compiles to one, so this is C, made at the time of the test by the
 * compiler that makes the binding; no part of it is in what ships.
 */
const source = (forbidden: readonly Forbidden[]): string => `#include <dlfcn.h>
#include <stdlib.h>
struct list { unsigned char version[2]; unsigned long (*functions[68])(); };
static struct list own;
static unsigned long refuse() { return ${notSupported}; }
unsigned long C_GetFunctionList(struct list **out) {
  void *library = dlopen("${softhsmFiles.library.path}", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) abort();
  unsigned long (*get)() = (unsigned long (*)())dlsym(library, "C_GetFunctionList");
  struct list *real;
  unsigned long rv = get(&real);
  own = *real;
${forbidden.map(name => `  own.functions[${places[name]}] = refuse; /* ${name} */\n`).join('')}  *out = &own;
  return rv;
}
`

/** Compiles it into that folder. @returns the library's path */
export function forbidding(folder: string, ...forbidden: Forbidden[]): string {
  const [file, library] = [join(folder, 'forbidding.c'), join(folder, 'forbidding.so')]
  writeFileSync(file, source(forbidden))
  const compiler = `/usr/bin/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu-gcc`
  const { status, stderr } = spawnSync(compiler, ['-shared', '-fPIC', '-o', library, file], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${compiler} ended with ${status}: ${stderr}`)
  return library
}
