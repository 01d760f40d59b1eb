import { describe } from 'vitest'
import { accountsContract } from './contract/accounts-contract.ts'
import { changesContract } from './contract/changes-contract.ts'
import type { OpenStore } from './contract/fixture.ts'
import { keysContract } from './contract/keys-contract.ts'
import { readsContract } from './contract/reads-contract.ts'
import { receiptsContract } from './contract/receipts-contract.ts'
import { relayContract } from './contract/relay-contract.ts'

/**
 * What every store does, whatever it keeps its rows in: one suite for all of them. The rules of who may do what are
 * tested beside their decisions; here it is that facts are read and changes written as the decisions take for granted.
 */
export function storeContract(name: string, open: OpenStore): void {
  describe(name, () => {
    accountsContract(open)
    changesContract(open)
    keysContract(open)
    readsContract(open)
    receiptsContract(open)
    relayContract(open)
  })
}
