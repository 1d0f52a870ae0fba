"""The models of the course: which there are, how to load one, its fingerprint, its ONNX export."""
