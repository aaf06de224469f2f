import { elfMachines } from './elf.ts'

/** A kind of device that the native PKCS#11 binding is built for. */
export interface BindingTarget {
  architecture: 'x64' | 'arm64'
  compiler: string
  /** The Debian package that brings the compiler. */
  debianPackage: string
  /** What a file for it says in its ELF header. */
  machine: number
  /** The version of `dlopen` and its kin in the oldest C library of that architecture. */
  oldestGlibc: string
}

/** @param host the machine that compiles: Debian names a compiler's package by whether it is for another one */
export const bindingTargets = (host: NodeJS.Architecture): readonly BindingTarget[] => [
  {
    architecture: 'x64',
    compiler: 'x86_64-linux-gnu-g++',
    debianPackage: host === 'x64' ? 'g++' : 'g++-x86-64-linux-gnu',
    machine: elfMachines.x86_64,
    oldestGlibc: 'GLIBC_2.2.5',
  },
  {
    architecture: 'arm64',
    compiler: 'aarch64-linux-gnu-g++',
    debianPackage: host === 'arm64' ? 'g++' : 'g++-aarch64-linux-gnu',
    machine: elfMachines.aarch64,
    oldestGlibc: 'GLIBC_2.17',
  },
]
