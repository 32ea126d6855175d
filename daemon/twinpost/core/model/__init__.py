"""The shared vocabulary: frozen values, named as in the glossary."""
