// How test_yosys wants adders: a ripple of full adders, on the library's own cell.
(* techmap_celltype = "$lcu" *)
module ripple_lcu (P, G, CI, CO);
  parameter WIDTH = 1;
  input [WIDTH-1:0] P, G;
  input CI;
  output [WIDTH-1:0] CO;
  wire [WIDTH:0] c;
  assign c[0] = CI;
  genvar i;
  generate for (i = 0; i < WIDTH; i = i + 1) assign c[i+1] = G[i] | (P[i] & c[i]); endgenerate
  assign CO = c[WIDTH:1];
endmodule

(* techmap_celltype = "$fa" *)
module library_fa (A, B, C, X, Y);
  parameter WIDTH = 1;
  input [WIDTH-1:0] A, B, C;
  output [WIDTH-1:0] X, Y;
  genvar i;
  generate for (i = 0; i < WIDTH; i = i + 1)
    FAX1 f (.A(A[i]), .B(B[i]), .C(C[i]), .YC(X[i]), .YS(Y[i]));
  endgenerate
endmodule
