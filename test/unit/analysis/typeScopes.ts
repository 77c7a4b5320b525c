import type { ScopeSymbols } from "../../../src/analysis/symbols.ts";

/** What Python 3.13 says of `typeCases`, for tests on an older one. */
export const typeScopes: readonly ScopeSymbols[] = [
  {
    kind: "module",
    name: "",
    line: 0,
    names: { A: "bL", C: "bL", type: "bL" },
    children: [
      { kind: "type", name: "A", line: 1, names: { B: "rg", A: "rg" }, children: [] },
      {
        kind: "type",
        name: "C",
        line: 2,
        names: { T: "bL", Ts: "bL", P: "bL" },
        children: [
          { kind: "type", name: "T", line: 2, names: { D: "rg" }, children: [] },
          { kind: "type", name: "C", line: 2, names: { list: "rg", T: "rF", E: "rg" }, children: [] },
        ],
      },
    ],
  },
  {
    kind: "module",
    name: "",
    line: 0,
    names: { f: "bL", T: "rg" },
    children: [
      {
        kind: "type",
        name: "f",
        line: 1,
        names: { T: "brL", C: "rg" },
        children: [
          { kind: "type", name: "T", line: 1, names: { A: "rg", B: "rg" }, children: [] },
          {
            kind: "function",
            name: "f",
            line: 1,
            names: { a: "pL", b: "pL", d: "baL", T: "rF" },
            children: [{ kind: "lambda", name: "", line: 3, names: { T: "rF" }, children: [] }],
          },
        ],
      },
    ],
  },
  {
    kind: "module",
    name: "",
    line: 0,
    names: { C: "bL" },
    children: [
      {
        kind: "type",
        name: "C",
        line: 1,
        names: { T: "brL", D: "rg", M: "rg" },
        children: [
          {
            kind: "class",
            name: "C",
            line: 1,
            names: { a: "baL", T: "rF", X: "bL", f: "bL" },
            children: [
              {
                kind: "type",
                name: "X",
                line: 3,
                names: { U: "bL", T: "F" },
                children: [
                  { kind: "type", name: "X", line: 3, names: { T: "rF", U: "rF", a: "rg" }, children: [] },
                ],
              },
              {
                kind: "type",
                name: "f",
                line: 4,
                names: { V: "brL", _C__p: "rg", T: "F", __class__: "F" },
                children: [
                  { kind: "type", name: "V", line: 4, names: { a: "rg" }, children: [] },
                  {
                    kind: "function",
                    name: "f",
                    line: 4,
                    names: { self: "pL", b: "prL", T: "rF", V: "rF", __class__: "rF" },
                    children: [],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
  {
    kind: "module",
    name: "",
    line: 0,
    names: { f: "bL" },
    children: [
      {
        kind: "function",
        name: "f",
        line: 1,
        names: { T: "bL", C: "bL", D: "bL" },
        children: [
          {
            kind: "type",
            name: "C",
            line: 3,
            names: { T: "bL" },
            children: [
              {
                kind: "class",
                name: "C",
                line: 3,
                names: { g: "bL", T: "F" },
                children: [
                  {
                    kind: "type",
                    name: "g",
                    line: 4,
                    names: { U: "bL", T: "F" },
                    children: [
                      { kind: "type", name: "U", line: 4, names: { T: "rF" }, children: [] },
                      {
                        kind: "function",
                        name: "g",
                        line: 4,
                        names: { self: "pL", T: "rF", U: "rF" },
                        children: [],
                      },
                    ],
                  },
                ],
              },
            ],
          },
          {
            kind: "class",
            name: "D",
            line: 5,
            names: { T: "bL", E: "bL", h: "bL" },
            children: [
              { kind: "type", name: "E", line: 7, names: { T: "rg" }, children: [] },
              {
                kind: "type",
                name: "h",
                line: 8,
                names: { W: "bL", T: "F" },
                children: [
                  { kind: "type", name: "W", line: 8, names: { T: "rg" }, children: [] },
                  { kind: "function", name: "h", line: 8, names: { self: "pL", T: "rF" }, children: [] },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
  {
    kind: "module",
    name: "",
    line: 0,
    names: { g: "bL", d: "rg" },
    children: [
      {
        kind: "type",
        name: "g",
        line: 2,
        names: { Ts: "brL" },
        children: [{ kind: "function", name: "g", line: 2, names: { a: "pL" }, children: [] }],
      },
    ],
  },
];
