//! The test kit of the TinyWs crates: a naive codec, strategies, scripted I/O and a pair of endpoints with a fake clock
